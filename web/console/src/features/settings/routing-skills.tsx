// The skills of the workspace.
import { AddIcon, Badge, Button, CloseIcon, Field, IconButton } from '@mainstay/ui';
import { useState } from 'react';
import { routing } from '../../state/api';
import { tell } from '../../state/problems';
import { toasts } from '../../state/toasts';
import { useWords } from '../../words';
import { FormDialog } from './form';
import { Block } from './frame';
import { useReread, useSkills } from './routing-reading';

export function SkillsBlock() {
  const { say } = useWords();
  const skills = useSkills();
  const reread = useReread();
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState('');
  const send = async () => {
    await routing.addSkill(name);
    setName('');
    await reread();
  };
  const remove = (id: string) => {
    routing.removeSkill(id).then(reread, (thrown: unknown) => toasts.show({ tone: 'danger', text: tell(thrown, say).text }));
  };
  const add = <Button size="small" onPress={() => setOpen(true)}><AddIcon size={14} aria-hidden="true" /> {say('routing.add_skill')}</Button>;
  return (
    <Block title={say('routing.skills')} text={say('routing.skills_text')} action={add}>
      {skills.length === 0 ? <p className="soft">{say('routing.no_skills')}</p> : null}
      <ul className="chips">
        {skills.map((skill) => (
          <li key={skill.id}>
            <Badge>{skill.name} · {say('routing.skill_members', { n: skill.members })}</Badge>
            <IconButton label={say('routing.remove_skill', { name: skill.name })} onPress={() => remove(skill.id)}><CloseIcon size={12} aria-hidden="true" /></IconButton>
          </li>
        ))}
      </ul>
      <FormDialog
        title={say('routing.add_skill')}
        submit={say('save')}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        send={send}
        fields={(problem) => <Field label={say('routing.rule_name')} isRequired autoFocus value={name} onChange={setName} error={problem?.fieldError('/name')} />}
      />
    </Block>
  );
}
