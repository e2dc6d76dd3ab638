// Articles to look at again: why, what readers said, and one press when it is right as it is.
import type { ReviewOut } from '@mainstay/api';
import { Button, Empty, ReviewIcon } from '@mainstay/ui';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { knowledge } from '../../state/api';
import { useNow } from '../../state/clock';
import { useNameOf } from '../../state/people';
import { useTell } from '../../state/problems';
import { useSession } from '../../state/session';
import { toasts } from '../../state/toasts';
import { useWords } from '../../words';
import { Votes } from './marks';
import { MoreButton, Page, ReadState, Table } from './page';
import { useKeepArticle, usePages } from './reading';

export function ReviewsPage() {
  const { say } = useWords();
  const read = usePages<ReviewOut>(['reviews'], knowledge.reviews);
  return (
    <Page title={say('reviews.title')} text={say('reviews.text')}>
      <ReadState read={read} />
      {read.data?.length === 0 ? <Empty icon={<ReviewIcon size={28} strokeWidth={1.5} />} title={say('reviews.empty')} text={say('reviews.empty_text')} /> : null}
      {read.data && read.data.length > 0 ? (
        <Table label={say('reviews.title')} heads={[say('reviews.article'), say('reviews.why'), say('reviews.share'), say('reviews.owner'), '']}>
          {read.data.map((review) => <Row key={review.id} review={review} />)}
        </Table>
      ) : null}
      <MoreButton read={read} />
    </Page>
  );
}

function Row({ review }: { review: ReviewOut }) {
  const { say, ago, exact } = useWords();
  const now = useNow();
  const nameOf = useNameOf();
  const mayWrite = useSession().rights.includes('knowledge:write');
  const { article } = review;
  const reason = review.reason === 'votes' ? say('reviews.votes') : review.reason === 'stale' ? say('reviews.stale') : review.reason;
  return (
    <tr>
      <td data-head={say('reviews.article')} className="kb-name">
        <Link to="/knowledge/articles/$articleId" params={{ articleId: article.id }} className="kb-link" dir="auto">{article.title}</Link>
        {review.number ? <span className="kb-under">{say('versions.number', { number: review.number })} · {review.locale}</span> : null}
      </td>
      <td data-head={say('reviews.why')}>{reason}<br /><time className="soft" dateTime={review.opened_at} title={exact(review.opened_at)}>{ago(review.opened_at, now)}</time></td>
      <td data-head={say('reviews.share')}><Votes votes={review.helpful + review.unhelpful > 0 ? review : article.votes} /></td>
      <td data-head={say('reviews.owner')}>{nameOf(review.owner_id) ?? say('editor.nobody')}</td>
      <td className="cell-actions">{mayWrite ? <Done review={review} /> : null}</td>
    </tr>
  );
}

function Done({ review }: { review: ReviewOut }) {
  const { say } = useWords();
  const tell = useTell();
  const keep = useKeepArticle();
  const [isBusy, setBusy] = useState(false);
  const { title } = review.article;
  const confirm = async () => {
    setBusy(true);
    try {
      keep(await knowledge.confirm(review.article));
      toasts.show({ text: say('reviews.done_toast', { title }) });
    } catch (thrown) {
      toasts.show({ tone: 'danger', text: tell(thrown).text });
      setBusy(false);
    }
  };
  return <Button size="small" isPending={isBusy} aria-label={say('reviews.done_of', { title })} onPress={() => void confirm()}>{say('reviews.done')}</Button>;
}
