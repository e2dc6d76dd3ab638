// A stand-in for the API while the pages are drawn; in memory, one workspace, by the contract.
import { createReadStream, existsSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { seed } from './seed.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const CONSOLE = path.join(here, '../../console/dist');
const WIDGET = path.join(here, '../../widget/dist');
const db = seed();
const streams = new Set();
const meStreams = new Set();
let cursor = 1;
let nextId = 1000;
const now = () => new Date().toISOString().replace('Z', '000Z');
const id = (p) => `${p}_${(nextId++).toString(36).padStart(6, '0')}`;
const problem = (res, status, code, title, extra = {}) =>
  send(res, status, { type: `https://errors/${code}`, title, status, code, detail: title, help: '/help', reference: 'ref_8F2K1', ...extra }, 'application/problem+json');
function send(res, status, body, type = 'application/json', headers = {}) {
  res.writeHead(status, { 'content-type': type, ...cors(res), ...headers });
  res.end(body === undefined ? '' : JSON.stringify(body));
}
const cors = (res) => (res.isMe ? { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*', 'access-control-allow-methods': '*' } : {});
const esc = (t) => t.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const html = (t) => t.split(/\n{2,}/).map((p) => `<p>${esc(p).replace(/\n/g, '<br>')}</p>`).join('');
const read = (req) => new Promise((done) => { const c = []; req.on('data', (d) => c.push(d)); req.on('end', () => done(Buffer.concat(c))); });
const open = new Set(['open', 'pending', 'in_progress']);
const views = {
  mine: (t) => open.has(t.status) && t.assignee_id === 'mem_1',
  unassigned: (t) => open.has(t.status) && !t.assignee_id,
  open: (t) => open.has(t.status),
  all: () => true,
};
function emit(kind, ticket, data = {}) {
  const event = { cursor: String(++cursor), kind, version: 1, occurred_at: now(), recorded_at: now(), origin: 'live', actor: { kind: 'member', id: 'mem_1', name: 'Ada Okafor' }, subject: { kind: 'ticket', id: ticket.id }, data: { ticket_id: ticket.id, number: ticket.number, ...data } };
  ticket.events.push({ ...event, id: event.cursor, via: 'console' });
  for (const s of streams) s.write(`id: ${event.cursor}\nevent: ${kind}\ndata: ${JSON.stringify(event)}\n\n`);
}
const out = ({ messages, events, device, ...t }) => t;
const mine = (t) => ({ id: t.id, number: t.number, subject: t.subject, status: t.status, opened_at: t.opened_at, last_message_at: t.last_message_at, preview: t.preview });
const myMessage = (m) => ({ id: m.id, author: { kind: m.direction === 'in' ? 'me' : 'agent', name: m.author.name }, html: m.html, text: m.text, attachments: m.attachments, client_id: m.client_id, created_at: m.created_at });
function tellMe(ticket, message) {
  for (const s of meStreams) {
    if (s.device !== ticket.device) continue;
    if (message) s.res.write(`id: x${++cursor}\nevent: message\ndata: ${JSON.stringify({ ticket_id: ticket.id, message: myMessage(message) })}\n\n`);
    s.res.write(`id: x${++cursor}\nevent: ticket\ndata: ${JSON.stringify(mine(ticket))}\n\n`);
  }
}
function addMessage(t, m) {
  const message = { id: id('msg'), ticket_id: t.id, body_format: 'text', html: html(m.body), text: m.body, attachments: [], client_id: null, created_at: now(), ...m };
  t.messages.push(message);
  t.version++;
  if (message.kind === 'reply') { t.last_message_at = message.created_at; t.last_message_id = message.id; t.preview = m.body.slice(0, 140); if (m.direction === 'in') t.last_customer_message_id = message.id; }
  return message;
}
const page = (items, url) => { const l = Number(url.searchParams.get('limit') || 50); const a = Number(url.searchParams.get('after') || 0); return { items: items.slice(a, a + l), next: a + l < items.length ? String(a + l) : null }; };

async function api(req, res, url) {
  const p = url.pathname.slice('/api/v1'.length);
  const bodyText = ['GET', 'DELETE', 'OPTIONS'].includes(req.method) ? '' : await read(req);
  const json = () => { try { return JSON.parse(bodyText.toString() || '{}'); } catch { return {}; } };
  res.isMe = /^\/me(\/|$)/.test(p);
  if (req.method === 'OPTIONS') return send(res, 204);
  if (res.isMe) return me(req, res, url, p.slice(3), json, bodyText);
  const signedIn = /__Host-mainstay=ok/.test(req.headers.cookie || '');
  if (p === '/session' && req.method === 'POST') {
    const b = json();
    if (b.password !== 'correct horse battery') return problem(res, 401, 'sign_in_failed', 'That e-mail and password do not match');
    return send(res, 201, db.session, 'application/json', { 'set-cookie': '__Host-mainstay=ok; Secure; HttpOnly; SameSite=Lax; Path=/' });
  }
  if (p === '/invitations/accept') return send(res, 201, db.session, 'application/json', { 'set-cookie': '__Host-mainstay=ok; Secure; HttpOnly; SameSite=Lax; Path=/' });
  if (p === '/password-resets') return json().token === 'old' ? problem(res, 410, 'link_expired', 'This link has expired') : send(res, 204);
  if (!signedIn) return problem(res, 401, 'not_signed_in', 'Sign in first');
  if (p === '/session') return req.method === 'DELETE' ? send(res, 204, undefined, 'application/json', { 'set-cookie': '__Host-mainstay=; Secure; Path=/; Max-Age=0' }) : send(res, 200, db.session);
  for (const name of ['members', 'teams', 'tokens', 'widget-keys', 'identity-keys', 'tags']) {
    if (p === `/${name}`) {
      if (req.method === 'GET') return send(res, 200, page(db[name], url));
      const item = { id: id(name.slice(0, 3)), version: 1, created_at: now(), expires_at: null, ...json(), ...(name === 'widget-keys' ? { key: 'wk_' + Math.random().toString(36).slice(2) } : {}) };
      db[name].push(item);
      return send(res, 201, name === 'tokens' ? { ...item, token: 'ms_' + 'x7Qp'.repeat(9) } : item);
    }
    if (p.startsWith(`/${name}/`)) {
      const [, , itemId, rest] = p.split('/');
      if (itemId === 'me') { db.members[0].availability = json().availability; return send(res, 200, db.members[0]); }
      const item = db[name].find((x) => x.id === itemId);
      if (rest === 'password-reset') return send(res, 201, { link: `http://127.0.0.1:8090/reset#${'t0k'.repeat(12)}`, expires_at: now() });
      if (req.method === 'DELETE') { db[name] = db[name].filter((x) => x !== item); return send(res, 204); }
      Object.assign(item, json()); item.version++;
      return send(res, 200, item);
    }
  }
  if (p === '/invitations') return send(res, 201, { id: id('inv'), link: `http://127.0.0.1:8090/invite#${'t0k'.repeat(12)}`, expires_at: now() });
  if (p === '/uploads') return send(res, 201, { id: id('upl'), name: decodeURIComponent(req.headers['x-filename']), content_type: req.headers['content-type'], size: bodyText.length, sha256: '' });
  if (p.startsWith('/customers/')) return send(res, 200, db.customers.find((c) => c.id === p.split('/')[2]));
  if (p === '/search/tickets') {
    const q = url.searchParams.get('q').toLowerCase();
    const hits = db.tickets.filter((t) => t.messages.some((m) => m.text.toLowerCase().includes(q)) || t.subject.toLowerCase().includes(q));
    return send(res, 200, page(hits.map((t) => ({ ticket: out(t), snippet: (t.messages.find((m) => m.text.toLowerCase().includes(q)) || t.messages[0]).text.slice(0, 160), score: 1 })), url));
  }
  if (p === '/events/stream') {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.write(`id: ${cursor}\nevent: hello\ndata: {}\n\n`);
    streams.add(res); res.on('close', () => streams.delete(res));
    return;
  }
  if (p === '/tickets/counts') {
    const c = (f) => db.tickets.filter((t) => !t.deleted_at && f(t)).length;
    return send(res, 200, { views: Object.fromEntries(Object.entries(views).map(([k, f]) => [k, c(f)])), statuses: Object.fromEntries(['open', 'pending', 'in_progress', 'resolved', 'closed'].map((s) => [s, c((t) => t.status === s)])), as_of: String(cursor) });
  }
  if (p === '/tickets' && req.method === 'GET') {
    const v = url.searchParams.get('view'), s = url.searchParams.get('status'), cu = url.searchParams.get('customer');
    return send(res, 200, page(db.tickets.filter((t) => (!v || views[v](t)) && (!s || t.status === s) && (!cu || t.customer.id === cu)).map(out), url));
  }
  if (p === '/tickets') { const b = json(); const t = newTicket(b.subject, b.body, { id: 'cus_n', name: b.requester.name || b.requester.email, email: b.requester.email }, 'member'); return send(res, 201, out(t)); }
  const [, , tid, sub] = p.split('/');
  const t = db.tickets.find((x) => x.id === tid);
  if (!t) return problem(res, 404, 'not_found', 'There is no such ticket');
  if (!sub && req.method === 'GET') return send(res, 200, out(t));
  if (sub === 'timeline') return send(res, 200, page(t.events, url));
  if (sub === 'messages' && req.method === 'GET') return send(res, 200, page(t.messages, url));
  if (sub === 'messages') {
    const b = json();
    const dup = b.client_id && t.messages.find((m) => m.client_id === b.client_id);
    if (dup) return send(res, 201, dup);
    const seen = t.messages.findIndex((m) => m.id === b.last_seen_message_id);
    const newer = t.messages.slice(seen + 1).filter((m) => m.direction === 'in');
    if (b.kind === 'reply' && b.last_seen_message_id && newer.length) return problem(res, 409, 'newer_messages', 'The customer wrote in the meantime', { new_messages: newer });
    const m = addMessage(t, { kind: b.kind, body: b.body, client_id: b.client_id, direction: 'out', author: { kind: 'member', id: 'mem_1', name: 'Ada Okafor' }, attachments: (b.attachments || []).map((a) => ({ id: a, name: 'file.png', content_type: 'image/png', size: 12345, url: '#' })) });
    emit('ticket.message_added', t, { message_id: m.id, kind: m.kind });
    if (m.kind === 'reply') tellMe(t, m);
    return send(res, 201, m);
  }
  const match = req.headers['if-match'];
  if (!match) return problem(res, 428, 'if_match_required', 'If-Match is required');
  if (match !== `"${t.version}"`) return problem(res, 412, 'stale_version', 'This ticket has changed');
  t.version++;
  const b = json();
  if (sub === 'status') { const from = t.status; t.status = b.status; t.waiting_on = b.waiting_on || null; emit('ticket.status_changed', t, { from, to: b.status, waiting_on: t.waiting_on }); tellMe(t); }
  else if (sub === 'assignment') { if (req.method === 'DELETE') { t.assignee_id = t.team_id = null; } else Object.assign(t, b); emit('ticket.assigned', t, { assignee_id: t.assignee_id, team_id: t.team_id }); }
  else { Object.assign(t, b); emit('ticket.updated', t, { fields: Object.keys(b) }); }
  return send(res, 200, out(t));
}
function newTicket(subject, body, customer, channel, device) {
  const t = { ...structuredClone(db.tickets[0]), id: id('tkt'), number: db.tickets[0].number + 1, subject: subject || body.slice(0, 60), status: 'open', waiting_on: null, priority: 'normal', tags: [], channel, customer, company: null, team_id: null, assignee_id: null, opened_at: now(), messages: [], events: [], version: 1, device };
  db.tickets.unshift(t);
  addMessage(t, { kind: 'reply', direction: 'in', body, author: { kind: 'visitor', id: null, name: customer.name } });
  emit('ticket.opened', t, {});
  return t;
}
function me(req, res, url, p, json, raw) {
  const device = (req.headers.authorization || '').split(' ')[1];
  if (p === '/device') return send(res, 201, { token: id('dv') });
  if (!device) return problem(res, 401, 'not_identified', 'Say who you are');
  if (p === '') return send(res, 200, { customer: { name: null, email: null, verified: false }, workspace: { name: 'Northwind Ledger' } });
  if (p === '/uploads') return send(res, 201, { id: id('upl'), name: decodeURIComponent(req.headers['x-filename']), content_type: req.headers['content-type'], size: raw.length, sha256: '' });
  if (p === '/events') {
    res.writeHead(200, { 'content-type': 'text/event-stream', ...cors(res) }); res.write(': hello\n\n');
    const s = { res, device }; meStreams.add(s); res.on('close', () => meStreams.delete(s)); return;
  }
  const ours = db.tickets.filter((t) => t.device === device);
  if (p === '/tickets' && req.method === 'GET') return send(res, 200, page(ours.map(mine), url));
  if (p === '/tickets') { const b = json(); const t = newTicket(b.subject, b.body, { id: id('cus'), name: b.name || null, email: b.email || null }, 'widget', device); t.messages[0].client_id = b.client_id; return send(res, 201, mine(t)); }
  const [, , tid, sub] = p.split('/');
  const t = ours.find((x) => x.id === tid);
  if (!t) return problem(res, 404, 'not_found', 'There is no such conversation');
  if (!sub) return send(res, 200, mine(t));
  if (req.method === 'GET') return send(res, 200, page(t.messages.filter((m) => m.kind === 'reply').map(myMessage), url));
  const b = json();
  const m = addMessage(t, { kind: 'reply', direction: 'in', body: b.body, client_id: b.client_id, author: { kind: 'visitor', id: null, name: t.customer.name } });
  emit('ticket.message_added', t, { message_id: m.id }); tellMe(t, m);
  return send(res, 201, myMessage(m));
}
const types = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };
function file(res, name, headers = {}) {
  if (!existsSync(name)) { res.writeHead(404); return res.end(); }
  res.writeHead(200, { 'content-type': types[path.extname(name)] || 'application/octet-stream', ...headers });
  createReadStream(name).pipe(res);
}
const DEMO = '<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width,initial-scale=1"><title>Northwind Ledger</title><h1 style="font:600 28px system-ui;margin:40px">Northwind Ledger</h1><p style="font:16px system-ui;margin:40px">Your books, without the paper.</p><script src="/widget/loader.js" data-key="wk_demo" async></script>';
const CSP = { 'content-security-policy': "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'" };
http.createServer((req, res) => {
  const url = new URL(req.url, 'http://x');
  if (url.pathname.startsWith('/api/v1')) return void api(req, res, url).catch((e) => { console.error(e); problem(res, 500, 'internal', 'Something broke'); });
  if (url.pathname === '/demo-app') { res.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': "script-src 'self'; style-src 'self' 'unsafe-inline'" }); return res.end(DEMO); }
  if (url.pathname.startsWith('/widget/')) return file(res, path.join(WIDGET, url.pathname.slice(7)), { 'access-control-allow-origin': '*' });
  const asset = path.join(CONSOLE, url.pathname);
  file(res, path.extname(asset) ? asset : path.join(CONSOLE, 'index.html'), CSP);
}).listen(Number(process.env.PORT || 8090), '127.0.0.1', () => console.log('mock on', process.env.PORT || 8090));
