// Words that mean the same in this workspace.
import type { SynonymOut } from '@mainstay/api';
import { AddIcon, Button, Empty, Field, SynonymIcon } from '@mainstay/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { knowledge } from '../../state/api';
import { useSession } from '../../state/session';
import { useWords } from '../../words';
import { Ask, Page, ReadState, Table } from './page';
import { readWords } from './words';

export function SynonymsPage() {
  const { say } = useWords();
  const read = useQuery({ queryKey: ['knowledge', 'synonyms'], queryFn: knowledge.synonyms });
  const mayWrite = useSession().rights.includes('knowledge:write');
  const [isAdding, setAdding] = useState(false);
  const add = mayWrite ? <Button look="primary" onPress={() => setAdding(true)}><AddIcon size={14} aria-hidden="true" /> {say('synonyms.add')}</Button> : null;
  return (
    <Page title={say('synonyms.title')} text={say('synonyms.text')} action={add}>
      <ReadState read={read} lines={3} />
      {read.data?.items.length === 0 ? <Empty icon={<SynonymIcon size={28} strokeWidth={1.5} />} title={say('synonyms.empty')} text={say('synonyms.empty_text')} /> : null}
      {read.data && read.data.items.length > 0 ? (
        <Table label={say('synonyms.title')} heads={[say('synonyms.words'), '']}>
          {read.data.items.map((group) => <Row key={group.id} group={group} mayWrite={mayWrite} />)}
        </Table>
      ) : null}
      {isAdding ? <GroupDialog group={null} onClose={() => setAdding(false)} /> : null}
    </Page>
  );
}

function Row({ group, mayWrite }: { group: SynonymOut; mayWrite: boolean }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const [shown, setShown] = useState<'edit' | 'remove' | null>(null);
  const words = group.words.join(', ');
  const remove = async () => {
    await knowledge.removeSynonym(group.id);
    await queries.invalidateQueries({ queryKey: ['knowledge', 'synonyms'] });
  };
  return (
    <tr>
      <td data-head={say('synonyms.words')} dir="auto">{words}</td>
      <td className="cell-actions">
        {mayWrite ? (
          <>
            <Button size="small" aria-label={say('synonyms.edit_of', { words })} onPress={() => setShown('edit')}>{say('edit')}</Button>
            <Button size="small" aria-label={say('synonyms.remove_of', { words })} onPress={() => setShown('remove')}>{say('remove')}</Button>
          </>
        ) : null}
        {shown === 'edit' ? <GroupDialog group={group} onClose={() => setShown(null)} /> : null}
        {shown === 'remove' ? <Ask title={say('synonyms.remove_of', { words })} submit={say('remove')} look="danger" onClose={() => setShown(null)} send={remove}><p dir="auto">{words}</p></Ask> : null}
      </td>
    </tr>
  );
}

function GroupDialog({ group, onClose }: { group: SynonymOut | null; onClose: () => void }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const [text, setText] = useState(group?.words.join(', ') ?? '');
  const send = async () => {
    const words = readWords(text);
    await (group ? knowledge.changeSynonym(group, words) : knowledge.addSynonym(words));
    await queries.invalidateQueries({ queryKey: ['knowledge', 'synonyms'] });
  };
  return (
    <Ask title={group ? say('synonyms.edit_of', { words: group.words.join(', ') }) : say('synonyms.add')} submit={say('save')} onClose={onClose} send={send}>
      {(problem) => <Field label={say('synonyms.words')} help={say('synonyms.words_help')} isRequired autoFocus value={text} onChange={setText} error={problem?.fieldError('/words')} />}
    </Ask>
  );
}
