// A box to try triage with a text of one's own; nothing is kept.
import { asProblem, type ApiProblem, type TriageOut } from '@mainstay/api';
import { Badge, Button, Field, Trouble } from '@mainstay/ui';
import { useState, type FormEvent } from 'react';
import { triage } from '../../state/api';
import { useTell } from '../../state/problems';
import { useWords } from '../../words';
import { GuessLine, TriageFacts } from '../../parts/triage';
import { Block } from './frame';

export function TriagePreview() {
  const { say } = useWords();
  const tell = useTell();
  const [subject, setSubject] = useState('');
  const [body, setBody] = useState('');
  const [found, setFound] = useState<TriageOut | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const look = async (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    setBusy(true);
    try {
      setFound(await triage.preview(subject, body));
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
    setBusy(false);
  };
  return (
    <Block title={say('triage.preview')} text={say('triage.preview_text')}>
      <form className="form" onSubmit={(event) => void look(event)}>
        {problem ? <Trouble {...tell(problem)} /> : null}
        <Field label={say('triage.subject')} isRequired value={subject} onChange={setSubject} error={problem?.fieldError('/subject')} />
        <Field label={say('triage.body')} isRequired rows={4} value={body} onChange={setBody} error={problem?.fieldError('/body')} />
        <Button type="submit" isPending={isBusy}>{say('triage.look')}</Button>
      </form>
      {found ? <Found found={found} /> : null}
    </Block>
  );
}

function Found({ found }: { found: TriageOut }) {
  const { say } = useWords();
  const isNothing = found.categories.length + found.reasons.length + found.articles.length === 0 && !found.language;
  return (
    <div role="status">
      {found.is_leaving ? <p><Badge tone="danger">{say('triage.leaving')}</Badge> {found.leaving_words.join(', ')}</p> : null}
      {found.model_id && !found.is_known ? <p>{say('triage.unknown')}</p> : null}
      <ul>{found.categories.slice(0, 3).map((guess) => <li key={guess.category_id}><GuessLine guess={guess} isApplied={false} /></li>)}</ul>
      <TriageFacts found={found} />
      {found.articles.length > 0 ? <p>{say('triage.articles')}: {found.articles.map((article) => article.title).join(', ')}</p> : null}
      {isNothing ? <p className="soft">{say('triage.nothing')}</p> : null}
    </div>
  );
}
