// Pages behind a link that an administrator copied: an invitation and a new password.
// The token is in the fragment, so that it never reaches a server log; it leaves the address bar at once.
import { asProblem, type ApiProblem, type SessionOut } from '@mainstay/api';
import { Button, Field, Trouble } from '@mainstay/ui';
import { useEffect, useState, type FormEvent } from 'react';
import { api } from '../../state/api';
import { useTell } from '../../state/problems';
import { useWords } from '../../words';
import { Door } from './sign-in';

/** Characters a password must have at least. */
const LEAST = 12;

function takeToken(): string {
  const token = decodeURIComponent(location.hash.slice(1));
  if (token) history.replaceState(history.state, '', location.pathname);
  return token;
}

/** The token of the link; a whole link pasted over a broken one counts too. */
function useLinkToken(): string {
  const [token, setToken] = useState(() => decodeURIComponent(location.hash.slice(1)));
  useEffect(() => {
    const listen = () => setToken((known) => takeToken() || known);
    listen();
    addEventListener('hashchange', listen);
    return () => removeEventListener('hashchange', listen);
  }, []);
  return token;
}

function usePasswordForm(send: (password: string) => Promise<void>) {
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await send(password);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
    setBusy(false);
  };
  return { password, setPassword, problem, isBusy, submit };
}

function PasswordForm({ form, submit, children }: { form: ReturnType<typeof usePasswordForm>; submit: string; children?: React.ReactNode }) {
  const { say } = useWords();
  const tell = useTell();
  return (
    <form className="form" onSubmit={(event) => void form.submit(event)}>
      {form.problem ? <Trouble {...tell(form.problem)} /> : null}
      {children}
      <Field
        label={say('link.password')}
        help={say('link.password_help', { count: LEAST })}
        type="password"
        autoComplete="new-password"
        minLength={LEAST}
        isRequired
        value={form.password}
        onChange={form.setPassword}
        error={form.problem?.fieldError('/password')}
      />
      <Button type="submit" look="primary" isPending={form.isBusy}>{submit}</Button>
    </form>
  );
}

export function AcceptInvitation({ onSignedIn }: { onSignedIn: (session: SessionOut) => void }) {
  const { say } = useWords();
  const token = useLinkToken();
  const [name, setName] = useState('');
  const form = usePasswordForm(async (password) => onSignedIn(await api.acceptInvitation(name ? { token, password, name } : { token, password })));
  if (!token) return <BrokenLink />;
  return (
    <Door title={say('invite.title')} text={say('invite.text')}>
      <PasswordForm form={form} submit={say('invite.submit')}>
        <Field label={say('invite.name')} help={say('invite.name_help')} autoComplete="name" value={name} onChange={setName} />
      </PasswordForm>
    </Door>
  );
}

export function ResetPassword({ onDone }: { onDone: () => void }) {
  const { say } = useWords();
  const token = useLinkToken();
  const [isDone, setDone] = useState(false);
  const form = usePasswordForm(async (password) => {
    await api.resetPassword({ token, password });
    setDone(true);
  });
  if (!token) return <BrokenLink />;
  if (isDone) return <Door title={say('reset.done')} text={say('reset.done_text')}><Button look="primary" onPress={onDone}>{say('sign_in.submit')}</Button></Door>;
  return (
    <Door title={say('reset.title')}>
      <PasswordForm form={form} submit={say('reset.submit')} />
    </Door>
  );
}

function BrokenLink() {
  const { say } = useWords();
  return <Door title={say('link.broken')} text={say('link.broken_text')}><a href="/sign-in">{say('sign_in.submit')}</a></Door>;
}
