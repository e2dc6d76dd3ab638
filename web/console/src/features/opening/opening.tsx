// A member opens a ticket on behalf of a customer. What was typed stays when the server refuses.
import { asProblem, newClientId, type ApiProblem } from '@mainstay/api';
import { Button, Choose, Dialog, DialogActions, Field, Trouble } from '@mainstay/ui';
import { useRef, useState, type FormEvent } from 'react';
import { api } from '../../state/api';
import { useStore } from '../../state/live';
import { useTell } from '../../state/problems';
import { useWords } from '../../words';
import { channelName, priorityName } from '../../words/names';

const BLANK = { email: '', name: '', subject: '', body: '', priority: 'normal', channel: 'phone' };

export function OpeningDialog({ isOpen, onClose, onOpened }: { isOpen: boolean; onClose: () => void; onOpened: (id: string) => void }) {
  const { say } = useWords();
  const store = useStore();
  const tell = useTell();
  const [form, setForm] = useState(BLANK);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const key = useRef(newClientId());
  const set = (field: keyof typeof BLANK) => (value: string) => setForm((now) => ({ ...now, [field]: value }));

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    try {
      const { email, name, subject, body, priority, channel } = form;
      const requester = name ? { email, name } : { email };
      const ticket = await api.openTicket({ subject, body, priority, requester, channel }, key.current);
      key.current = newClientId();
      store.apply({ tickets: [ticket] });
      setForm(BLANK);
      onOpened(ticket.id);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
  };

  return (
    <Dialog title={say('opening.title')} isOpen={isOpen} onClose={onClose}>
      <form className="form" onSubmit={(event) => void submit(event)}>
        {problem ? <Trouble {...tell(problem)} /> : null}
        <Field label={say('opening.email')} type="email" isRequired autoFocus value={form.email} onChange={set('email')} error={problem?.fieldError('/requester/email')} />
        <Field label={say('opening.name')} value={form.name} onChange={set('name')} />
        <Field label={say('opening.subject')} isRequired value={form.subject} onChange={set('subject')} error={problem?.fieldError('/subject')} />
        <Field label={say('opening.body')} isRequired rows={5} value={form.body} onChange={set('body')} error={problem?.fieldError('/body')} />
        <Choose
          label={say('opening.channel')}
          value={form.channel}
          onChange={set('channel')}
          choices={['phone', 'email', 'chat'].map((id) => ({ id, label: channelName(id, say) }))}
        />
        <Choose
          label={say('ticket.priority')}
          value={form.priority}
          onChange={set('priority')}
          choices={['urgent', 'high', 'normal', 'low'].map((id) => ({ id, label: priorityName(id, say) }))}
        />
        <DialogActions>
          <Button onPress={onClose}>{say('cancel')}</Button>
          <Button type="submit" look="primary">{say('opening.submit')}</Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
