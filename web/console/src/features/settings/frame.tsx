// What settings pages share: the page with its title, a table, the place where a secret is shown once.
import { Button, CheckIcon, CopyIcon, Empty, LockIcon, Trouble } from '@mainstay/ui';
import { useState, type ReactNode } from 'react';
import { useTell } from '../../state/problems';
import { useSession } from '../../state/session';
import { useTitle } from '../../state/title';
import { useWords } from '../../words';
import './settings.css';

export function SettingsPage({ title, text, action, children }: { title: string; text?: string; action?: ReactNode; children: ReactNode }) {
  useTitle(title, useSession().workspace.name);
  return (
    <section className="settings-page" aria-labelledby="settings-title">
      <header className="settings-head">
        <h1 id="settings-title" className="settings-title">{title}</h1>
        {action}
      </header>
      {text ? <p className="settings-text">{text}</p> : null}
      {children}
    </section>
  );
}

export function Block({ title, text, action, children }: { title: string; text?: string; action?: ReactNode; children: ReactNode }) {
  return (
    <section className="settings-block">
      <header className="settings-head">
        <h2 className="settings-subtitle">{title}</h2>
        {action}
      </header>
      {text ? <p className="settings-text">{text}</p> : null}
      {children}
    </section>
  );
}

/** A table that becomes cards on a phone: every cell repeats its heading there. */
export function Table({ label, heads, children }: { label: string; heads: string[]; children: ReactNode }) {
  return (
    <table className="table" aria-label={label}>
      <thead>
        <tr>
          {heads.map((head, at) => (
            <th key={head || at} scope="col">{head}</th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

/** A link or a key: read only, chosen on focus, copied with one press. */
export function CopyField({ label, value, help }: { label: string; value: string; help?: string }) {
  const { say } = useWords();
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(value).catch(() => undefined);
    setCopied(true);
  };
  return (
    <div className="copy-field">
      <label className="field">
        <span className="field-label">{label}</span>
        <input className="field-input copy-input" readOnly value={value} onFocus={(event) => event.target.select()} />
      </label>
      <Button onPress={() => void copy()}>
        {isCopied ? <CheckIcon size={14} aria-hidden="true" /> : <CopyIcon size={14} aria-hidden="true" />} {isCopied ? say('copied') : say('copy')}
      </Button>
      {help ? <p className="field-help copy-help">{help}</p> : null}
    </div>
  );
}

/** Why a page is closed, and whom to ask. */
export function NoPermission() {
  const { say } = useWords();
  return <Empty icon={<LockIcon size={28} strokeWidth={1.5} />} title={say('settings.closed_title')} text={say('settings.closed_text')} />;
}

export function PageTrouble({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const tell = useTell();
  const { say } = useWords();
  return <Trouble {...tell(error)} action={<Button onPress={onRetry}>{say('try_again')}</Button>} />;
}
