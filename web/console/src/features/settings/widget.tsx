// The widget on a host page: keys with the origins that may use them, and the keys that prove who a customer is.
import type { IdentityKeyOut, WidgetKeyOut } from '@mainstay/api';
import { AddIcon, Button, Choose, Empty, Field, Skeleton, WidgetIcon } from '@mainstay/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../state/api';
import { mayAdminister, useSession } from '../../state/session';
import { useWords } from '../../words';
import { FormDialog } from './form';
import { Block, CopyField, NoPermission, PageTrouble, SettingsPage, Table } from './frame';

export function WidgetPage() {
  const { say } = useWords();
  if (!mayAdminister(useSession())) return <NoPermission />;
  return (
    <SettingsPage title={say('widget.title')} text={say('widget.text')}>
      <WidgetKeys />
      <IdentityKeys />
    </SettingsPage>
  );
}

function snippet(key: string): string {
  return `<script src="${location.origin}/widget/loader.js" data-key="${key}" async></script>`;
}

/** One origin per line or comma. */
export function readOrigins(text: string): string[] {
  return text.split(/[\s,]+/).map((origin) => origin.trim().replace(/\/$/, '')).filter(Boolean);
}

function WidgetKeys() {
  const { say } = useWords();
  const read = useQuery({ queryKey: ['widget-keys'], queryFn: api.widgetKeys });
  const [isAdding, setAdding] = useState(false);
  const add = <Button size="small" onPress={() => setAdding(true)}><AddIcon size={14} aria-hidden="true" /> {say('widget.add')}</Button>;
  return (
    <Block title={say('widget.keys')} text={say('widget.keys_text')} action={add}>
      {read.isPending ? <Skeleton lines={3} label={say('loading')} /> : null}
      {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
      {read.data?.length === 0 ? <Empty icon={<WidgetIcon size={28} strokeWidth={1.5} />} title={say('widget.none')} text={say('widget.none_text')} /> : null}
      <ul className="cards">{read.data?.map((key) => <WidgetKeyCard key={key.id} widgetKey={key} />)}</ul>
      <KeyDialog isOpen={isAdding} onClose={() => setAdding(false)} />
    </Block>
  );
}

function WidgetKeyCard({ widgetKey }: { widgetKey: WidgetKeyOut }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const [open, setOpen] = useState<'edit' | 'remove' | null>(null);
  const remove = async () => {
    await api.removeWidgetKey(widgetKey);
    await queries.invalidateQueries({ queryKey: ['widget-keys'] });
  };
  return (
    <li className="card">
      <header className="settings-head">
        <h3 dir="auto">{widgetKey.name}</h3>
        <Button size="small" onPress={() => setOpen('edit')} aria-label={say('widget.edit_of', { name: widgetKey.name })}>{say('edit')}</Button>
        <Button size="small" onPress={() => setOpen('remove')} aria-label={say('widget.remove_of', { name: widgetKey.name })}>{say('remove')}</Button>
      </header>
      <CopyField label={say('widget.snippet')} value={snippet(widgetKey.key)} />
      <p className="soft">{say('widget.origins_are', { origins: widgetKey.allowed_origins.join(', ') || '–' })}</p>
      <KeyDialog widgetKey={widgetKey} isOpen={open === 'edit'} onClose={() => setOpen(null)} />
      <FormDialog
        title={say('widget.remove_of', { name: widgetKey.name })}
        submit={say('remove')}
        look="danger"
        isOpen={open === 'remove'}
        onClose={() => setOpen(null)}
        send={remove}
        fields={() => <p>{say('widget.remove_text')}</p>}
      />
    </li>
  );
}

function KeyDialog({ widgetKey, isOpen, onClose }: { widgetKey?: WidgetKeyOut; isOpen: boolean; onClose: () => void }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const [name, setName] = useState(widgetKey?.name ?? '');
  const [origins, setOrigins] = useState(widgetKey?.allowed_origins.join('\n') ?? '');
  const send = async () => {
    const body = { name, allowed_origins: readOrigins(origins) };
    await (widgetKey ? api.changeWidgetKey(widgetKey, body) : api.addWidgetKey(body));
    await queries.invalidateQueries({ queryKey: ['widget-keys'] });
  };
  return (
    <FormDialog
      title={widgetKey ? say('widget.edit_of', { name: widgetKey.name }) : say('widget.add')}
      submit={say('save')}
      isOpen={isOpen}
      onClose={onClose}
      send={send}
      fields={(problem) => (
        <>
          <Field label={say('tokens.name')} isRequired autoFocus value={name} onChange={setName} error={problem?.fieldError('/name')} />
          <Field label={say('widget.origins')} help={say('widget.origins_help')} isRequired rows={3} isCode value={origins} onChange={setOrigins} placeholder="https://app.example.com" error={problem?.fieldError('/allowed_origins')} />
        </>
      )}
    />
  );
}

function IdentityKeys() {
  const { say } = useWords();
  const read = useQuery({ queryKey: ['identity-keys'], queryFn: api.identityKeys });
  const [isAdding, setAdding] = useState(false);
  const add = <Button size="small" onPress={() => setAdding(true)}><AddIcon size={14} aria-hidden="true" /> {say('identity.add')}</Button>;
  return (
    <Block title={say('identity.title')} text={say('identity.text')} action={add}>
      {read.isPending ? <Skeleton lines={2} label={say('loading')} /> : null}
      {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
      {read.data?.length === 0 ? <p className="soft">{say('identity.none')}</p> : null}
      {read.data && read.data.length > 0 ? (
        <Table label={say('identity.title')} heads={[say('identity.algorithm'), say('identity.added'), '']}>
          {read.data.map((key) => <IdentityRow key={key.id} identity={key} />)}
        </Table>
      ) : null}
      <IdentityDialog isOpen={isAdding} onClose={() => setAdding(false)} />
    </Block>
  );
}

function IdentityRow({ identity }: { identity: IdentityKeyOut }) {
  const { say, exact } = useWords();
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const remove = async () => {
    await api.removeIdentityKey(identity.id);
    await queries.invalidateQueries({ queryKey: ['identity-keys'] });
  };
  return (
    <tr>
      <td data-head={say('identity.algorithm')}><code>{identity.algorithm}</code> <span className="soft">{identity.id}</span></td>
      <td data-head={say('identity.added')}>{identity.created_at ? exact(identity.created_at) : '–'}</td>
      <td className="cell-actions">
        <Button size="small" onPress={() => setOpen(true)} aria-label={say('identity.remove_of', { id: identity.id })}>{say('remove')}</Button>
        <FormDialog
          title={say('identity.remove')}
          submit={say('remove')}
          look="danger"
          isOpen={isOpen}
          onClose={() => setOpen(false)}
          send={remove}
          fields={() => <p>{say('identity.remove_text')}</p>}
        />
      </td>
    </tr>
  );
}

function IdentityDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const [algorithm, setAlgorithm] = useState('ed25519');
  const [key, setKey] = useState('');
  const isPublic = algorithm === 'ed25519';
  const send = async () => {
    await api.addIdentityKey(isPublic ? { algorithm, public_key: key } : { algorithm, secret: key });
    setKey('');
    await queries.invalidateQueries({ queryKey: ['identity-keys'] });
  };
  const choices = [{ id: 'ed25519', label: say('identity.ed25519') }, { id: 'hs256', label: say('identity.hs256') }];
  return (
    <FormDialog
      title={say('identity.add')}
      submit={say('save')}
      isOpen={isOpen}
      onClose={onClose}
      send={send}
      fields={(problem) => (
        <>
          <Choose label={say('identity.algorithm')} value={algorithm} onChange={setAlgorithm} choices={choices} />
          <Field
            label={isPublic ? say('identity.public_key') : say('identity.secret')}
            help={isPublic ? say('identity.public_key_help') : say('identity.secret_help')}
            isRequired
            rows={4}
            isCode
            value={key}
            onChange={setKey}
            error={problem?.fieldError(isPublic ? '/public_key' : '/secret')}
          />
        </>
      )}
    />
  );
}
