// Files beside a message: uploaded when chosen, shown by name, removable, and a refusal said next to the field.
import { asProblem } from '@mainstay/api';
import type { Words } from '@mainstay/ui/words';
import { useRef, useState } from 'preact/hooks';
import type { Desk } from './desk';
import { AttachIcon, CloseIcon } from './icons';
import type { Key } from './words';

export interface UploadedFile {
  id: string;
  name: string;
}

export interface Files {
  list: UploadedFile[];
  isBusy: boolean;
  error: string;
  add: (chosen: Iterable<File>) => void;
  remove: (id: string) => void;
  clear: () => void;
}

export function useFiles(desk: Desk, words: Words<Key>): Files {
  const [list, setList] = useState<UploadedFile[]>([]);
  const [busy, setBusy] = useState(0);
  const [error, setError] = useState('');
  const addOne = async (file: File) => {
    setBusy((count) => count + 1);
    try {
      const uploaded = await desk.upload(file);
      setList((now) => [...now, uploaded]);
    } catch (thrown) {
      const problem = asProblem(thrown);
      const reason = problem.code === 'offline' ? words.say('trouble_offline') : problem.message;
      setError(words.say('file_failed', { name: file.name, reason }));
    }
    setBusy((count) => count - 1);
  };
  return {
    list,
    isBusy: busy > 0,
    error,
    add: (chosen) => {
      setError('');
      for (const file of chosen) void addOne(file);
    },
    remove: (id) => setList((now) => now.filter((file) => file.id !== id)),
    clear: () => setList([]),
  };
}

export function FileList({ files, words }: { files: Files; words: Words<Key> }) {
  return (
    <div aria-live="polite">
      {files.isBusy ? <p class="quiet">{words.say('uploading')}</p> : null}
      {files.error ? <p id="file-error" class="bad">{files.error}</p> : null}
      {files.list.length > 0 ? (
        <ul class="files" aria-label={words.say('files')}>
          {files.list.map((file) => (
            <li key={file.id} class="file">
              <span dir="auto">{file.name}</span>
              <button type="button" class="icon icon-small" aria-label={words.say('remove_file', { name: file.name })} onClick={() => files.remove(file.id)}><CloseIcon /></button>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

export function FileButton({ files, words }: { files: Files; words: Words<Key> }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          files.add([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
        }}
      />
      <button type="button" class="icon" aria-label={words.say('attach')} aria-describedby={files.error ? 'file-error' : undefined} onClick={() => input.current?.click()}>
        <AttachIcon />
      </button>
    </>
  );
}
