import { ANSWER_MODES, type AnswerMode } from '@parley/contract';
import { Choice, Choices } from '../../components/Choices.tsx';
import { MODE_WORDS } from './modes.ts';

interface Props {
  answer: AnswerMode;
  onAnswer: (answer: AnswerMode) => void;
}

export function ModeChoice({ answer, onAnswer }: Props) {
  return (
    <Choices legend="When it answers">
      {ANSWER_MODES.map((mode) => (
        <Choice
          key={mode}
          name="answer"
          title={MODE_WORDS[mode].title}
          hint={MODE_WORDS[mode].hint}
          checked={mode === answer}
          onChoose={() => onAnswer(mode)}
          testId={`answer-${mode}`}
        />
      ))}
    </Choices>
  );
}
