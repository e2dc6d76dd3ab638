// The question: one field for the message, two optional ones for who asks. What was typed stays until it is on its way.
import { useState } from 'preact/hooks';
import { FileButton, FileList, useFiles } from './files';
import { HelpList } from './help';
import { OpeningLine } from './opening';
import { recall, remember } from './identity';
import type { ScreenProps } from './panel';

const DRAFT = 'mainstay.draft.ask';

export function AskScreen({ desk, state, words }: ScreenProps) {
  const [body, setBody] = useState(() => recall(DRAFT) ?? '');
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [isBad, setBad] = useState(false);
  const files = useFiles(desk, words);
  const isUnknown = !desk.identity.isSigned && !state.me?.customer.email;
  const type = (text: string) => {
    setBody(text);
    remember(DRAFT, text || null);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const address = email.trim();
    if (address && !/^\S+@\S+$/.test(address)) return setBad(true);
    if (!body.trim() || files.isBusy) return;
    remember(DRAFT, null);
    desk.ask(body.trim(), files.list, { ...(name.trim() ? { name: name.trim() } : {}), ...(address ? { email: address } : {}) });
  };
  return (
    <form class="body" noValidate onSubmit={submit}>
      <HelpList desk={desk} state={state} words={words} />
      <h3 class="hello">{words.say('hello')}</h3>
      <p class="quiet">{words.say('hello_text')}</p>
      <OpeningLine state={state} words={words} />
      <label class="field">
        <span>{words.say('message')}</span>
        <textarea data-first rows={4} required dir="auto" value={body} onInput={(event) => type(event.currentTarget.value)} />
      </label>
      {isUnknown ? (
        <>
          <label class="field">
            <span>{words.say('name')}</span>
            <input type="text" autocomplete="name" dir="auto" value={name} onInput={(event) => setName(event.currentTarget.value)} />
          </label>
          <label class="field">
            <span>{words.say('email')}</span>
            <input
              type="email"
              autocomplete="email"
              value={email}
              aria-invalid={isBad}
              aria-describedby="email-help"
              onInput={(event) => {
                setEmail(event.currentTarget.value);
                setBad(false);
              }}
            />
            <span id="email-help" class={isBad ? 'bad' : 'help'}>{isBad ? words.say('email_bad') : words.say('email_help')}</span>
          </label>
        </>
      ) : null}
      <FileList files={files} words={words} />
      <div class="foot">
        <FileButton files={files} words={words} />
        <button type="submit" class="main" disabled={!body.trim() || files.isBusy}>{words.say('send')}</button>
      </div>
    </form>
  );
}
