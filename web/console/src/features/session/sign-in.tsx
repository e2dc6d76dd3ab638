// The door: sign in, choose a workspace when there are several, accept an invitation, set a new password.
import { asProblem, type ApiProblem, type SessionOut } from '@mainstay/api';
import { Button, Field, Trouble } from '@mainstay/ui';
import { useState, type FormEvent, type ReactNode } from 'react';
import { api } from '../../state/api';
import { useTell } from '../../state/problems';
import { useTitle } from '../../state/title';
import { useWords } from '../../words';
import './session.css';

interface WorkspaceChoice {
  id: string;
  name: string;
}

/** The frame of every page before the console. */
export function Door({ title, text, children }: { title: string; text?: ReactNode; children: ReactNode }) {
  const { say } = useWords();
  useTitle(title, say('brand'));
  return (
    <main className="door">
      <div className="door-card">
        <p className="door-brand"><img src="/favicon.svg" alt="" width="28" height="28" /> {say('brand')}</p>
        <h1 className="door-title">{title}</h1>
        {text ? <p className="door-text">{text}</p> : null}
        {children}
      </div>
    </main>
  );
}

export function SignIn({ onSignedIn }: { onSignedIn: (session: SessionOut) => void }) {
  const { say } = useWords();
  const tell = useTell();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [choices, setChoices] = useState<WorkspaceChoice[]>([]);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [isBusy, setBusy] = useState(false);

  const enter = async (workspace?: string) => {
    setBusy(true);
    setProblem(null);
    try {
      onSignedIn(await api.signIn({ email, password, ...(workspace ? { workspace_id: workspace } : {}) }));
    } catch (thrown) {
      const refused = asProblem(thrown);
      if (refused.code === 'workspace_choice') setChoices((refused.body.workspaces as WorkspaceChoice[] | undefined) ?? []);
      else setProblem(refused);
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void enter();
  };

  if (choices.length > 0) return <WorkspacePick choices={choices} onPick={(id) => void enter(id)} />;
  return (
    <Door title={say('sign_in.title')}>
      <form className="form" onSubmit={submit}>
        {problem ? <Trouble {...tell(problem)} title={say('sign_in.failed')} /> : null}
        <Field label={say('sign_in.email')} type="email" name="email" autoComplete="username" isRequired autoFocus value={email} onChange={setEmail} />
        <Field label={say('sign_in.password')} type="password" name="password" autoComplete="current-password" isRequired value={password} onChange={setPassword} />
        <Button type="submit" look="primary" isPending={isBusy}>{isBusy ? say('sign_in.busy') : say('sign_in.submit')}</Button>
        <p className="door-help">{say('sign_in.forgot')}</p>
      </form>
    </Door>
  );
}

function WorkspacePick({ choices, onPick }: { choices: WorkspaceChoice[]; onPick: (id: string) => void }) {
  const { say } = useWords();
  return (
    <Door title={say('sign_in.workspaces')}>
      <ul className="door-choices">
        {choices.map(({ id, name }) => (
          <li key={id}><Button onPress={() => onPick(id)}>{name}</Button></li>
        ))}
      </ul>
    </Door>
  );
}
