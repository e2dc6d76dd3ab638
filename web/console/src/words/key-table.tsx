// The table of keys.
import { Key } from '@mainstay/ui';
import { useWords } from './index';
import { KEY_LIST } from './key-list';

export function KeyTable() {
  const { say } = useWords();
  return (
    <dl className="key-table">
      {KEY_LIST.map(([keys, does]) => (
        <div key={does}>
          <dt>{keys.map((key) => <Key key={key}>{key}</Key>)}</dt>
          <dd>{say(does)}</dd>
        </div>
      ))}
    </dl>
  );
}
