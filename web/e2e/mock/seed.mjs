// Believable rows for the stand-in.
const S = [
  ['Invoices show the wrong VAT rate since this morning', 'Hi there,\n\nsince about 9 this morning every new invoice is created with 19 % instead of 7 % VAT. We send about 60 invoices a day, so this is quite urgent for us.\n\nCould you have a look?', 'Hannah Brandt', 'Brandt & Söhne', 'urgent'],
  ['How do I export all transactions of 2025?', 'Our accountant needs a CSV of the whole year. I can only find the monthly export. Is there a way to get it in one go?', 'Miguel Ferreira', 'Ferreira Surf School', 'normal'],
  ['Two-factor code is never accepted', 'I changed phones and now the six digits are always "incorrect". Time on the phone is set automatically.', 'Yuki Tanaka', 'Tanaka Design', 'high'],
  ['Feature wish: dark mode in the mobile app', 'Working late a lot. My eyes would thank you.', 'Noah Lindqvist', null, 'low'],
  ['Bank connection to Volksbank keeps dropping', 'Every second day the connection says "expired" and I have to sign in to the bank again.', 'Sabine Krüger', 'Krüger Gartenbau', 'normal'],
  ['Charged twice in October', 'I see two charges of 49.00 on my card, 3 October and 4 October. Please refund one of them.', 'Liam O’Connor', 'Harbour Coffee Ltd', 'high'],
  ['API returns 429 although we are far below the limit', 'We call /v2/ledgers about 20 times a minute and get 429 since the weekend.', 'Priya Natarajan', 'Tallybook Integrations', 'urgent'],
  ['Can I have two companies in one account?', 'We are about to found a second company. Do I need a second subscription?', 'Élodie Marchand', 'Atelier Marchand', 'normal'],
  ['لا أستطيع تحميل الفاتورة', 'مرحبا، عندما أضغط على زر التحميل لا يحدث شيء. أستخدم متصفح فايرفوكس.', 'سارة المنصوري', null, 'normal'],
  ['Receipts by e-mail arrive but are not matched', 'Forwarding to our receipts address works, the receipt shows up, but it never finds the transaction.', 'Tomás Novák', 'Novák Stavby', 'normal'],
];
const STATUS = ['open', 'open', 'in_progress', 'open', 'pending', 'open', 'open', 'resolved', 'open', 'closed'];
const iso = (minAgo) => new Date(Date.now() - minAgo * 60000).toISOString().replace('Z', '000Z');
export function seed() {
  const members = [['Ada Okafor', 'owner'], ['Jonas Weber', 'agent'], ['Mei Chen', 'lead'], ['Rosa Delgado', 'agent']].map(([name, role], i) => ({ id: `mem_${i + 1}`, name, email: `${name.split(' ')[0].toLowerCase()}@northwind.example`, role, teams: i % 2 ? ['tea_1'] : ['tea_2'], territories: [], ticket_scope: 'all', availability: ['online', 'online', 'away', 'offline'][i], active: true, created_at: iso(90000), version: 1 }));
  const teams = [{ id: 'tea_1', name: 'Billing', version: 1 }, { id: 'tea_2', name: 'Product support', version: 1 }];
  const customers = [];
  const tickets = [];
  for (let i = 0; i < 140; i++) {
    const [subject, body, name, company, priority] = S[i % S.length];
    const minAgo = 4 + i * 37;
    const customer = { id: `cus_${i % S.length}`, name, email: `${name.split(' ')[0].toLowerCase()}@customer.example` };
    if (i < S.length) customers.push({ ...customer, external_id: `acct-${1000 + i}`, locale: 'en-GB', zone: 'Europe/Berlin', company: company && { id: 'cmp_1', name: company, plan: 'Business', tier: 'gold' }, addresses: [{ id: 'adr_1', kind: 'email', value: customer.email, verified_at: i % 2 ? iso(5000) : null }], attributes: { app_version: '4.12.0', seats: 12, beta_features: true }, created_at: iso(400000), version: 1 });
    const status = STATUS[i % STATUS.length];
    const t = { id: `tkt_${String(i).padStart(4, '0')}`, number: 1240 - i, subject, status, waiting_on: status === 'pending' ? 'customer' : null, priority, type: 'question', category_id: null, tags: i % 3 === 0 ? ['vat', 'invoices'] : i % 4 === 0 ? ['api'] : [], fields: {}, channel: ['widget', 'email', 'api'][i % 3], language: 'en', customer, company: company && { id: 'cmp_1', name: company, plan: 'Business', tier: 'gold' }, team_id: i % 3 ? teams[i % 2].id : null, assignee_id: [null, 'mem_1', 'mem_2', null, 'mem_1'][i % 5], held_by: 'desk', restricted: false, external_id: null, opened_at: iso(minAgo), first_response_at: null, resolved_at: null, closed_at: null, deleted_at: null, messages: [], events: [], version: 3 };
    const add = (kind, direction, author, text, min, attachments = []) => t.messages.push({ id: `msg_${i}_${t.messages.length}`, ticket_id: t.id, kind, direction, author, body_format: 'text', body: text, text, html: text.split('\n\n').map((p) => `<p>${p.replace(/</g, '&lt;').replace(/\n/g, '<br>')}</p>`).join(''), attachments, client_id: null, created_at: iso(min) });
    const who = { kind: 'customer', id: customer.id, name };
    t.events.push({ id: `e${i}1`, kind: 'ticket.opened', occurred_at: iso(minAgo), actor: { kind: 'customer', id: customer.id, name }, via: 'widget', data: {} });
    add('reply', 'in', who, body, minAgo, i % 10 === 0 ? [{ id: 'att_1', name: 'invoice-2025-1183.pdf', content_type: 'application/pdf', size: 148213, url: '#' }] : []);
    if (i % 2 === 0) {
      t.events.push({ id: `e${i}2`, kind: 'ticket.assigned', occurred_at: iso(minAgo - 1), actor: { kind: 'member', id: 'mem_3', name: 'Mei Chen' }, via: 'console', data: { assignee_id: 'mem_1' } });
      add('reply', 'out', { kind: 'member', id: 'mem_1', name: 'Ada Okafor' }, 'Hello and thank you for the details.\n\nI can see it here as well and have asked our engineers to look at it right now. I will write to you again within the hour.', minAgo - 1.5);
      add('note', 'out', { kind: 'member', id: 'mem_2', name: 'Jonas Weber' }, 'Same as the report from Harbour Coffee. The tax table was re-deployed at 08:50, I bet it is that.', minAgo - 2);
      t.events.push({ id: `e${i}3`, kind: 'ticket.status_changed', occurred_at: iso(minAgo - 2.5), actor: { kind: 'member', id: 'mem_1', name: 'Ada Okafor' }, via: 'console', data: { from: 'open', to: status } });
      if (i % 4 === 0) add('reply', 'in', who, 'Thank you, that was quick! For now we create the invoices by hand. Here is the number of one that went wrong: 2025-1183.', minAgo - 3);
    }
    const pub = t.messages.filter((m) => m.kind === 'reply');
    Object.assign(t, { last_message_at: pub.at(-1).created_at, last_message_id: pub.at(-1).id, last_customer_message_id: pub.filter((m) => m.direction === 'in').at(-1).id, preview: pub.at(-1).text.slice(0, 140) });
    tickets.push(t);
  }
  const session = { member: members[0], workspace: { id: 'wsp_1', name: 'Northwind Ledger' }, rights: ['ticket.read', 'ticket.write', 'member.manage'], via: 'session', expires_at: iso(-100000) };
  return { members, teams, customers, tickets, session, tokens: [{ id: 'tok_1', name: 'Nightly export', kind: 'workspace', rights: ['ticket.read'], created_at: iso(9000), last_used_at: iso(300), expires_at: null }], 'widget-keys': [{ id: 'wky_1', name: 'Web app', key: 'wk_demo', allowed_origins: ['https://app.northwind.example'], version: 1 }], 'identity-keys': [], tags: [{ id: 'tag_1', name: 'vat' }] };
}
