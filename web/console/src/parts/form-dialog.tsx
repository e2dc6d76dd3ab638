// One dialog with a form: keeps what was typed on a refusal, shows the result once, then closes.
import { asProblem, type ApiProblem } from '@mainstay/api';
import { Button, Dialog, DialogActions, Trouble } from '@mainstay/ui';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTell } from '../state/problems';
import { useWords } from '../words';

export interface FormDialogProps<T> {
  title: string;
  submit: string;
  isOpen: boolean;
  onClose: () => void;
  send: () => Promise<T>;
  fields: (problem: ApiProblem | null) => ReactNode;
  /** What to show after success (a link, a secret); without it the dialog closes. */
  result?: (made: T) => ReactNode;
  look?: 'primary' | 'danger';
  /** False while what is typed cannot be sent yet. */
  isReady?: boolean;
  isWide?: boolean;
  /** How a problem is told, when it takes more than its sentence; null for the sentence. */
  trouble?: (problem: ApiProblem, forget: () => void) => ReactNode;
}

export function FormDialog<T>(props: FormDialogProps<T>) {
  const { say } = useWords();
  const tell = useTell();
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [made, setMade] = useState<{ value: T } | null>(null);
  const [isBusy, setBusy] = useState(false);
  const close = () => {
    setMade(null);
    setProblem(null);
    props.onClose();
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (props.isReady === false) return;
    setBusy(true);
    setProblem(null);
    try {
      const value = await props.send();
      if (props.result) setMade({ value });
      else close();
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
    setBusy(false);
  };
  return (
    <Dialog title={props.title} isWide={props.isWide ?? false} isOpen={props.isOpen} onClose={close}>
      {made && props.result ? (
        <>
          {props.result(made.value)}
          <DialogActions><Button look="primary" onPress={close}>{say('done')}</Button></DialogActions>
        </>
      ) : (
        <form className="form" onSubmit={(event) => void submit(event)}>
          {problem ? (props.trouble?.(problem, () => setProblem(null)) ?? <Trouble {...tell(problem)} />) : null}
          {props.fields(problem)}
          <DialogActions>
            <Button onPress={close}>{say('cancel')}</Button>
            <Button type="submit" look={props.look ?? 'primary'} isPending={isBusy} isDisabled={props.isReady === false}>{props.submit}</Button>
          </DialogActions>
        </form>
      )}
    </Dialog>
  );
}
