import type { AnswerMode, ConversationSettings } from '@parley/contract';

/** When the assistant answers: on the chip beside it, in the dialog, and as one line of the transcript. */
export const MODE_WORDS: Record<AnswerMode, { chip: string; title: string; hint: string; told: string }> = {
  always: {
    chip: 'Answers everything',
    title: 'Always',
    hint: 'It answers after everything that is said.',
    told: 'answers everything that is said',
  },
  addressed: {
    chip: 'Answers to its name',
    title: 'When addressed',
    hint: 'It answers to its name, or at once after it has spoken. Whoever is alone with it need not say the name.',
    told: 'answers to its name',
  },
  'push-to-talk': {
    chip: 'Push to talk',
    title: 'Push to talk',
    hint: 'It answers what is said while somebody holds the talk button or the space bar.',
    told: 'answers what is said while the talk button is held',
  },
  scribe: {
    chip: 'Only listens',
    title: 'Only listens',
    hint: 'It writes everything down and never speaks.',
    told: 'only listens and writes',
  },
};

/** Whether turns are made by holding the button. */
export const needsTalkButton = ({ answer, turnDetection }: ConversationSettings): boolean =>
  answer === 'push-to-talk' || turnDetection.type === 'none';
