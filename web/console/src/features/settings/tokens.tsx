// API tokens: made with chosen rights, shown once, revoked for good.
import type { TokenOut } from '@mainstay/api';
import { AddIcon, Badge, Button, CheckList, Choose, Empty, Field, Skeleton, TokenIcon } from '@mainstay/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../state/api';
import { useNow } from '../../state/clock';
import { mayAdminister, useSession } from '../../state/session';
import { useWords } from '../../words';
import { FormDialog } from './form';
import { CopyField, PageTrouble, SettingsPage, Table } from './frame';

export function TokensPage() {
  const { say } = useWords();
  const read = useQuery({ queryKey: ['tokens'], queryFn: api.tokens });
  const [isAdding, setAdding] = useState(false);
  const add = <Button look="primary" onPress={() => setAdding(true)}><AddIcon size={14} aria-hidden="true" /> {say('tokens.add')}</Button>;
  return (
    <SettingsPage title={say('tokens.title')} text={say('tokens.text')} action={add}>
      {read.isPending ? <Skeleton lines={3} label={say('loading')} /> : null}
      {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
      {read.data?.length === 0 ? <Empty icon={<TokenIcon size={28} strokeWidth={1.5} />} title={say('tokens.none')} text={say('tokens.none_text')} /> : null}
      {read.data && read.data.length > 0 ? (
        <Table label={say('tokens.title')} heads={[say('tokens.name'), say('tokens.rights'), say('tokens.expires'), '']}>
          {read.data.map((token) => <TokenRow key={token.id} token={token} />)}
        </Table>
      ) : null}
      <AddDialog isOpen={isAdding} onClose={() => setAdding(false)} />
    </SettingsPage>
  );
}

function TokenRow({ token }: { token: TokenOut }) {
  const { say, ago, exact } = useWords();
  const now = useNow();
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const revoke = async () => {
    await api.revokeToken(token.id);
    await queries.invalidateQueries({ queryKey: ['tokens'] });
  };
  return (
    <tr>
      <td data-head={say('tokens.name')}>
        <span dir="auto">{token.name}</span> <Badge>{token.kind === 'workspace' ? say('tokens.workspace') : say('tokens.personal')}</Badge><br />
        <span className="soft">{token.last_used_at ? say('tokens.used', { ago: ago(token.last_used_at, now) }) : say('tokens.never_used')}</span>
      </td>
      <td data-head={say('tokens.rights')}><span className="chips">{token.rights.map((right) => <Badge key={right}>{right}</Badge>)}</span></td>
      <td data-head={say('tokens.expires')}>{token.expires_at ? <time dateTime={token.expires_at}>{exact(token.expires_at)}</time> : say('tokens.no_end')}</td>
      <td className="cell-actions">
        <Button size="small" onPress={() => setOpen(true)} aria-label={say('tokens.revoke_of', { name: token.name })}>{say('tokens.revoke')}</Button>
        <FormDialog
          title={say('tokens.revoke_of', { name: token.name })}
          submit={say('tokens.revoke')}
          look="danger"
          isOpen={isOpen}
          onClose={() => setOpen(false)}
          send={revoke}
          fields={() => <p>{say('tokens.revoke_text')}</p>}
        />
      </td>
    </tr>
  );
}

function AddDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { say } = useWords();
  const session = useSession();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [kind, setKind] = useState('personal');
  const [days, setDays] = useState('90');
  const [rights, setRights] = useState<string[]>([...session.rights]);
  const send = async () => {
    const made = await api.addToken({ name, kind, rights, ...(days ? { expires_in_days: Number(days) } : {}) });
    await queries.invalidateQueries({ queryKey: ['tokens'] });
    return made;
  };
  const kinds = [{ id: 'personal', label: say('tokens.personal') }, { id: 'workspace', label: say('tokens.workspace') }];
  const ends = ['30', '90', '365', ''].map((id) => ({ id, label: id ? say('tokens.days', { count: Number(id) }) : say('tokens.no_end') }));
  return (
    <FormDialog
      title={say('tokens.add')}
      submit={say('tokens.make')}
      isOpen={isOpen}
      onClose={onClose}
      send={send}
      result={(made) => <CopyField label={say('tokens.once')} value={made.token ?? ''} help={say('tokens.once_help')} />}
      fields={(problem) => (
        <>
          <Field label={say('tokens.name')} isRequired autoFocus value={name} onChange={setName} placeholder={say('tokens.name_hint')} error={problem?.fieldError('/name')} />
          {mayAdminister(session) ? <Choose label={say('tokens.kind')} value={kind} onChange={setKind} choices={kinds} /> : null}
          <Choose label={say('tokens.expires')} value={days} onChange={setDays} choices={ends} />
          <CheckList label={say('tokens.rights')} choices={session.rights} chosen={rights} onChange={setRights} />
        </>
      )}
    />
  );
}
