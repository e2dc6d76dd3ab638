// The Markdown of an article and, beside it, what readers will see: the server renders both in the same way.
import type { ArticleOut } from '@mainstay/api';
import { Button, LinkIcon, PictureIcon, SafeHtml, Spinner, Trouble } from '@mainstay/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ClipboardEvent, type DragEvent } from 'react';
import { knowledge } from '../../state/api';
import { useTell } from '../../state/problems';
import { useWords } from '../../words';
import type { Editing } from './editing';
import { described, insertAt } from './inserting';
import { ArticlePicker } from './picker';

const PAUSE_MS = 250;
/** The door of staff: it shows the pictures of drafts too. */
const PICTURES = '/api/v1/articles/';

interface BodyProps {
  editing: Editing;
  mayWrite: boolean;
  /** Saves a new article, because pictures belong to one. */
  onNeedArticle: () => Promise<ArticleOut | null>;
}

export function Body({ editing, mayWrite, onNeedArticle }: BodyProps) {
  const { say } = useWords();
  const area = useRef<HTMLTextAreaElement>(null);
  const [isPicking, setPicking] = useState(false);
  const insert = (markdown: string) => insertAt(area.current, markdown, (body) => editing.set({ body }));
  const pictures = usePictures(editing, insert, onNeedArticle);
  const tell = useTell();
  return (
    <div className="editor-body" onPaste={pictures.onPaste} onDrop={pictures.onDrop} onDragOver={(event) => event.preventDefault()}>
      <div className="editor-write">
        <div className="editor-tools">
          <label className="field-label" htmlFor="kb-body">{say('editor.body')}</label>
          {mayWrite ? (
            <>
              <Button size="small" look="quiet" onPress={() => setPicking(true)}><LinkIcon size={14} aria-hidden="true" /> {say('editor.link')}</Button>
              <PictureButton onFiles={pictures.take} isBusy={pictures.isBusy} />
            </>
          ) : null}
        </div>
        {pictures.problem ? <Trouble {...tell(pictures.problem)} /> : null}
        <textarea
          id="kb-body"
          ref={area}
          className="field-area editor-area"
          data-code
          dir="auto"
          required
          readOnly={!mayWrite}
          placeholder={say('editor.body_hint')}
          value={editing.form.body}
          onChange={(event) => editing.set({ body: event.target.value })}
        />
      </div>
      <Preview body={editing.form.body} articleId={editing.article?.id} />
      {isPicking ? <ArticlePicker title={say('picker.title')} except={editing.article?.id ? [editing.article?.id] : []} onClose={() => setPicking(false)} onPick={(title, id) => { setPicking(false); insert(`[${title.replace(/[[\]\\]/g, '\\$&')}](article:${id})`); }} /> : null}
    </div>
  );
}

function PictureButton({ onFiles, isBusy }: { onFiles: (files: Iterable<File>) => void; isBusy: boolean }) {
  const { say } = useWords();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input ref={input} type="file" accept="image/*" hidden onChange={(event) => { onFiles(event.target.files ?? []); event.target.value = ''; }} />
      <Button size="small" look="quiet" isDisabled={isBusy} onPress={() => input.current?.click()}>
        {isBusy ? <Spinner /> : <PictureIcon size={14} aria-hidden="true" />} {isBusy ? say('editor.uploading') : say('editor.picture')}
      </Button>
    </>
  );
}

function usePictures(editing: Editing, insert: (markdown: string) => void, onNeedArticle: BodyProps['onNeedArticle']) {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const take = async (files: Iterable<File>) => {
    const images = [...files].filter((file) => file.type.startsWith('image/'));
    if (images.length === 0) return;
    setBusy(true);
    setProblem(null);
    try {
      const article = editing.article ?? (await onNeedArticle());
      for (const file of article ? images : []) {
        const kept = await knowledge.addImage(article?.id ?? '', file);
        insert(`${described(kept.markdown, file.name)}\n`);
      }
    } catch (thrown) {
      setProblem(thrown);
    }
    setBusy(false);
  };
  const ifFiles = (event: ClipboardEvent | DragEvent, files: FileList) => {
    if (files.length === 0) return;
    event.preventDefault();
    void take([...files]);
  };
  return {
    isBusy,
    problem,
    take: (files: Iterable<File>) => void take([...files]),
    onPaste: (event: ClipboardEvent) => ifFiles(event, event.clipboardData.files),
    onDrop: (event: DragEvent) => ifFiles(event, event.dataTransfer.files),
  };
}

function Preview({ body, articleId }: { body: string; articleId: string | undefined }) {
  const { say } = useWords();
  const [rested, setRested] = useState(body);
  useEffect(() => {
    const timer = setTimeout(() => setRested(body), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [body]);
  const read = useQuery({
    queryKey: ['knowledge', 'preview', articleId, rested],
    queryFn: ({ signal }) => knowledge.preview(rested, articleId, signal),
    enabled: rested.trim() !== '',
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
  const tell = useTell();
  return (
    <section className="editor-preview" aria-label={say('editor.preview')} tabIndex={0} aria-busy={read.isFetching}>
      <h2 className="editor-preview-title">{say('editor.preview')}</h2>
      {rested.trim() === '' ? <p className="soft">{say('editor.preview_empty')}</p> : null}
      {read.isError ? <Trouble {...tell(read.error)} /> : null}
      {read.data && rested.trim() !== '' ? <SafeHtml className="article-html" html={read.data.html} pictures={PICTURES} /> : null}
    </section>
  );
}
