// Members and teams: who works here, inviting by a link to copy, a new password by a link to copy.
import type { LinkOut, MemberOut } from '@mainstay/api';
import { AddIcon, Avatar, Badge, Button, Choose, Field, Skeleton } from '@mainstay/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../state/api';
import { useNameOf, useTeams } from '../../state/people';
import { mayAdminister, useSession } from '../../state/session';
import { useWords } from '../../words';
import { roleName } from '../../words/names';
import { FormDialog } from './form';
import { Block, CopyField, PageTrouble, SettingsPage, Table } from './frame';

const ROLES = ['admin', 'lead', 'agent', 'csm', 'viewer'];

export function MembersPage() {
  const { say } = useWords();
  const isAdmin = mayAdminister(useSession());
  const read = useQuery({ queryKey: ['members'], queryFn: api.members });
  const [isInviting, setInviting] = useState(false);
  const invite = isAdmin ? <Button look="primary" onPress={() => setInviting(true)}><AddIcon size={14} aria-hidden="true" /> {say('members.invite')}</Button> : null;
  return (
    <SettingsPage title={say('members.title')} text={say('members.text')} action={invite}>
      {read.isPending ? <Skeleton lines={4} label={say('loading')} /> : null}
      {read.isError ? <PageTrouble error={read.error} onRetry={() => void read.refetch()} /> : null}
      {read.data ? (
        <Table label={say('members.title')} heads={[say('members.name'), say('members.role'), say('members.teams'), '']}>
          {read.data.map((member) => <MemberRow key={member.id} member={member} isAdmin={isAdmin} />)}
        </Table>
      ) : null}
      <TeamsBlock isAdmin={isAdmin} />
      <InviteDialog isOpen={isInviting} onClose={() => setInviting(false)} />
    </SettingsPage>
  );
}

function MemberRow({ member, isAdmin }: { member: MemberOut; isAdmin: boolean }) {
  const { say } = useWords();
  const nameOf = useNameOf();
  const [open, setOpen] = useState<'edit' | 'reset' | null>(null);
  const close = () => setOpen(null);
  return (
    <tr>
      <td data-head={say('members.name')}>
        <span className="person-cell">
          <Avatar name={member.name} />
          <span><span dir="auto">{member.name}</span> {member.active ? null : <Badge tone="warning">{say('members.inactive')}</Badge>}<br /><span className="soft">{member.email}</span></span>
        </span>
      </td>
      <td data-head={say('members.role')}>{roleName(member.role, say)}</td>
      <td data-head={say('members.teams')}>{member.teams.map((id) => nameOf(id) ?? id).join(', ') || '–'}</td>
      <td className="cell-actions">
        {isAdmin ? (
          <>
            <Button size="small" onPress={() => setOpen('edit')} aria-label={say('members.edit_of', { name: member.name })}>{say('edit')}</Button>
            <Button size="small" onPress={() => setOpen('reset')} aria-label={say('members.reset_of', { name: member.name })}>{say('members.reset')}</Button>
            <EditDialog member={member} isOpen={open === 'edit'} onClose={close} />
            <ResetDialog member={member} isOpen={open === 'reset'} onClose={close} />
          </>
        ) : null}
      </td>
    </tr>
  );
}

function LinkResult({ made }: { made: LinkOut }) {
  const { say, exact } = useWords();
  return <CopyField label={say('members.link')} value={absolute(made.link)} help={say('members.link_help', { time: exact(made.expires_at) })} />;
}

/** Links come relative from a server that does not know its own address. */
function absolute(link: string): string {
  return new URL(link, location.origin).href;
}

function InviteDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { say } = useWords();
  const [form, setForm] = useState({ email: '', name: '', role: 'agent' });
  const set = (field: keyof typeof form) => (value: string) => setForm({ ...form, [field]: value });
  return (
    <FormDialog
      title={say('members.invite')}
      submit={say('members.make_link')}
      isOpen={isOpen}
      onClose={onClose}
      send={() => api.invite(form)}
      result={(made) => <LinkResult made={made} />}
      fields={(problem) => (
        <>
          <Field label={say('members.name')} isRequired autoFocus value={form.name} onChange={set('name')} error={problem?.fieldError('/name')} />
          <Field label={say('sign_in.email')} type="email" isRequired value={form.email} onChange={set('email')} error={problem?.fieldError('/email')} />
          <Choose label={say('members.role')} value={form.role} onChange={set('role')} choices={ROLES.map((id) => ({ id, label: roleName(id, say) }))} />
        </>
      )}
    />
  );
}

function EditDialog({ member, isOpen, onClose }: { member: MemberOut; isOpen: boolean; onClose: () => void }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const teams = useTeams();
  const [form, setForm] = useState({ name: member.name, role: member.role, team: member.teams[0] ?? '', active: member.active ? 'yes' : 'no' });
  const set = (field: keyof typeof form) => (value: string) => setForm({ ...form, [field]: value });
  const send = async () => {
    await api.changeMember(member, { name: form.name, role: form.role, teams: form.team ? [form.team] : [], active: form.active === 'yes' });
    await queries.invalidateQueries({ queryKey: ['members'] });
  };
  const roles = member.role === 'owner' ? ['owner', ...ROLES] : ROLES;
  return (
    <FormDialog
      title={say('members.edit_of', { name: member.name })}
      submit={say('save')}
      isOpen={isOpen}
      onClose={onClose}
      send={send}
      fields={(problem) => (
        <>
          <Field label={say('members.name')} isRequired value={form.name} onChange={set('name')} error={problem?.fieldError('/name')} />
          <Choose label={say('members.role')} value={form.role} onChange={set('role')} choices={roles.map((id) => ({ id, label: roleName(id, say) }))} />
          <Choose label={say('members.team')} value={form.team} onChange={set('team')} choices={[{ id: '', label: say('members.no_team') }, ...teams.map(({ id, name }) => ({ id, label: name }))]} />
          <Choose label={say('members.active')} value={form.active} onChange={set('active')} choices={[{ id: 'yes', label: say('members.active_yes') }, { id: 'no', label: say('members.active_no') }]} />
        </>
      )}
    />
  );
}

function ResetDialog({ member, isOpen, onClose }: { member: MemberOut; isOpen: boolean; onClose: () => void }) {
  const { say } = useWords();
  return (
    <FormDialog
      title={say('members.reset_of', { name: member.name })}
      submit={say('members.make_link')}
      isOpen={isOpen}
      onClose={onClose}
      send={() => api.resetLink(member.id)}
      result={(made) => <LinkResult made={made} />}
      fields={() => <p>{say('members.reset_text', { name: member.name })}</p>}
    />
  );
}

function TeamsBlock({ isAdmin }: { isAdmin: boolean }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const teams = useTeams();
  const [name, setName] = useState('');
  const [isOpen, setOpen] = useState(false);
  const send = async () => {
    await api.addTeam(name);
    setName('');
    await queries.invalidateQueries({ queryKey: ['teams'] });
  };
  const add = isAdmin ? <Button size="small" onPress={() => setOpen(true)}><AddIcon size={14} aria-hidden="true" /> {say('teams.add')}</Button> : null;
  return (
    <Block title={say('teams.title')} action={add}>
      {teams.length === 0 ? <p className="soft">{say('teams.none')}</p> : null}
      <ul className="chips">{teams.map((team) => <li key={team.id}><Badge>{team.name}</Badge></li>)}</ul>
      <FormDialog
        title={say('teams.add')}
        submit={say('save')}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        send={send}
        fields={(problem) => <Field label={say('members.name')} isRequired autoFocus value={name} onChange={setName} error={problem?.fieldError('/name')} />}
      />
    </Block>
  );
}
