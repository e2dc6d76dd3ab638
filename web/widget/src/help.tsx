// Help without asking: the articles for what the page is about, and one article with its vote.
import { asProblem, type ApiProblem } from '@mainstay/api';
import { useEffect, useState } from 'preact/hooks';
import { Html } from './html';
import type { ScreenProps } from './panel';
import type { HelpArticleOut, HelpItemOut } from './shelf';

/** The articles of the place; nothing when there are none. */
export function HelpList({ desk, state, words }: ScreenProps) {
  if (state.help.length === 0) return null;
  return (
    <section aria-labelledby="mainstay-help">
      <h3 class="small-title" id="mainstay-help">{words.say('help')}</h3>
      <ul class="tickets">
        {state.help.map(({ id, title, excerpt, locale }) => (
          <li key={id}>
            <button type="button" class="ticket" lang={locale} onClick={() => desk.go({ kind: 'article', id })}>
              <span class="ticket-subject" dir="auto">{title}</span>
              <span class="ticket-preview" dir="auto">{excerpt}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function ArticleScreen({ id, desk, words }: ScreenProps & { id: string }) {
  const [article, setArticle] = useState<HelpArticleOut | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  useEffect(() => {
    desk.help.article(id).then(setArticle, (thrown) => setProblem(asProblem(thrown)));
  }, [desk, id]);
  if (problem) return <p class="quiet" role="alert">{words.say(problem.status === 404 ? 'article_gone' : 'article_failed')}</p>;
  if (!article) return <p class="quiet" role="status">{words.say('loading')}</p>;
  return (
    <div class="body">
      <article lang={article.article.locale} dir="auto" class="words">
        <h3 class="hello" tabIndex={-1} data-first>{article.article.title}</h3>
        <Html html={article.html} />
      </article>
      <Vote article={article.article} desk={desk} words={words} />
      <div class="foot">
        <button type="button" class="main" onClick={() => desk.go({ kind: 'ask' })}>{words.say('ask')}</button>
      </div>
    </div>
  );
}

function Vote({ article, desk, words }: Pick<ScreenProps, 'desk' | 'words'> & { article: HelpItemOut }) {
  const [said, setSaid] = useState<'thanks' | 'vote_failed' | null>(null);
  const vote = (helpful: boolean) => void desk.help.vote(article, helpful).then(() => setSaid('thanks'), () => setSaid('vote_failed'));
  return (
    <div class="vote" role="group" aria-label={words.say('helped')}>
      <span>{words.say('helped')}</span>
      <button type="button" class="plain" onClick={() => vote(true)}>{words.say('yes')}</button>
      <button type="button" class="plain" onClick={() => vote(false)}>{words.say('no')}</button>
      <span role="status">{said ? words.say(said) : ''}</span>
    </div>
  );
}
