import { describe, expect, test } from 'vitest';
import { anna, assistantWorld, ben } from '../testing/assistantWorld.ts';

/** Frames in which a reply that is cut off fades out. */
const FADE = 1;

const answers = (world: ReturnType<typeof assistantWorld>) =>
  world.ofType('turn:completed').map(({ answer }) => answer);

describe('addressed', () => {
  test('M50 unanswered turns are on record and in the context, each with its speaker behind it', async () => {
    const world = assistantWorld({ answer: 'addressed' });
    const link = await world.connected();
    world.say('Lovely day.', anna);
    world.say('Rather cold.', ben);
    expect(world.asked()).toEqual(['createItem', 'createItem']);
    world.say('Parley, is it cold?', anna);
    expect(answers(world)).toEqual(['not-addressed', 'not-addressed', 'asked']);
    expect(world.asked()).toEqual(['createItem', 'createItem', 'createItem', 'createResponse']);
    const turns = world.ofType('turn:completed').map(({ itemId }) => itemId);
    expect(link.named('createItem').map(([, { text, after }]) => [text, after])).toEqual([
      ['Speaking: Anna.', turns[0]],
      ['Speaking: Ben.', turns[1]],
      ['Speaking: Anna.', turns[2]],
    ]);
  });

  test('M50 alone there is no need of a name', async () => {
    const world = assistantWorld({ answer: 'addressed' });
    await world.connected();
    world.assistant.setPeople(1);
    world.say('Lovely day.');
    world.assistant.setPeople(2);
    world.clock.turn(60_000);
    world.say('Lovely day.');
    expect(answers(world)).toEqual(['asked', 'not-addressed']);
  });

  test('M50 for a while after a reply was heard there is no need of a name', async () => {
    const world = assistantWorld({ answer: 'addressed', followUpMs: 5_000 });
    await world.connected();
    world.say('Parley, what is the weather like?');
    world.pullAll();
    world.say('And tomorrow?', ben);
    world.pullAll();
    world.clock.turn(5_001);
    world.say('And on Sunday?', ben);
    expect(answers(world)).toEqual(['asked', 'asked', 'not-addressed']);
    expect(world.ofType('reply:completed')).toHaveLength(2);
  });

  test('M50 whoever interrupts the assistant speaks to it', async () => {
    const world = assistantWorld({ answer: 'addressed' });
    await world.connected();
    world.type('Tell me a story.');
    world.link.deliverAll();
    world.assistant.pullOutput();
    world.say('No, another one.', anna);
    expect(answers(world)).toEqual(['asked']);
  });

  test('M50 words that come late are answered late, and hold nobody up', async () => {
    const world = assistantWorld({ answer: 'addressed' });
    const link = await world.connected();
    link.say('speechStarted', { itemId: 'x', atMs: 0 });
    link.say('speechStopped', { itemId: 'x', atMs: 500 });
    world.clock.turn(3_000);
    expect(world.assistant.state.phase).toBe('listening');
    link.say('transcriptCompleted', { itemId: 'x', text: 'Hey Parly!' });
    expect(answers(world)).toEqual(['asked']);
    expect(link.named('createResponse')).toHaveLength(1);
  });

  test('a transcript that failed', async () => {
    const world = assistantWorld({ answer: 'addressed' });
    const link = await world.connected();
    for (const itemId of ['x', 'y']) {
      link.say('speechStarted', { itemId, atMs: 0 });
      link.say('transcriptFailed', { itemId, message: 'Out of ears.' });
      world.assistant.setPeople(1);
    }
    expect(answers(world)).toEqual(['not-addressed', 'asked']);
  });
});

describe('scribe', () => {
  test('M51 nothing is answered, everything is written', async () => {
    const world = assistantWorld({ answer: 'scribe' });
    const link = await world.connected();
    world.say('Parley, are you there?');
    world.type('Hello?');
    expect(answers(world)).toEqual(['scribe']);
    expect(world.ofType('text:sent')).toHaveLength(1);
    expect(link.named('createResponse')).toEqual([]);
    world.configure({ answer: 'always' });
    expect(link.named('createResponse')).toEqual([]);
    world.say('And now?');
    expect(link.named('createResponse')).toHaveLength(1);
  });

  test('M52 from a reply to a scribe: silence at once, and nothing is owed', async () => {
    const world = assistantWorld();
    const link = await world.connected();
    world.type('Tell me a story.');
    for (let i = 0; i < 3; i++) link.deliver();
    world.assistant.pullOutput();
    world.type('And another one.');
    world.configure({ answer: 'scribe' });
    link.deliverAll();
    expect(world.pullAll()).toBe(FADE);
    expect(world.ofType('reply:completed')).toMatchObject([{ status: 'cancelled', heardMs: 40 }]);
    expect(link.named('createResponse')).toHaveLength(1);
    expect(world.assistant.state.phase).toBe('listening');
  });
});

describe('push-to-talk', () => {
  test('M55 what is said while the button is held is a turn, answered before its words are known', async () => {
    const world = assistantWorld({ answer: 'push-to-talk' });
    const link = await world.connected();
    expect(world.provider.settings[0]?.turnDetection).toEqual({ type: 'none' });
    world.speak(2_000, ben);
    expect(link.heard).toBe(0);
    world.hold(1_000, anna);
    expect(world.asked()).toEqual(['clearAudio', 'commitAudio']);
    link.deliver();
    expect(world.asked()).toEqual(['clearAudio', 'commitAudio', 'createItem', 'createResponse']);
    link.deliverAll();
    world.pullAll();
    expect(world.ofType('turn:completed')).toMatchObject([
      { answer: 'asked', text: 'Some words.', startMs: 0, speakers: [{ name: 'Anna', share: 1 }] },
    ]);
    expect(world.ofType('turn:completed')[0]?.endMs).toBe(link.audioMs);
    expect(world.ofType('reply:completed')).toMatchObject([{ status: 'completed' }]);
    // The one that is left waits for the link to grow old.
    expect(world.clock.timers).toBe(1);
  });

  test('M55 only those who hold are heard', async () => {
    const world = assistantWorld({ answer: 'push-to-talk' });
    await world.connected();
    world.assistant.hold([anna]);
    world.speak(500, anna, ben);
    world.assistant.hold([]);
    world.beSilent(300);
    world.link.deliverAll();
    expect(world.ofType('turn:completed')[0]?.speakers.map(({ name }) => name)).toEqual(['Anna']);
  });

  test('M56 holding cuts off a reply', async () => {
    const world = assistantWorld({ answer: 'push-to-talk' });
    const link = await world.connected();
    world.type('Tell me a story.');
    for (let i = 0; i < 3; i++) link.deliver();
    for (let i = 0; i < 5; i++) world.assistant.pullOutput();
    world.assistant.hold([anna]);
    expect(world.pullAll()).toBe(FADE);
    expect(link.named('truncate').map(([, , , ms]) => ms)).toEqual([120]);
    expect(world.ofType('reply:completed')).toMatchObject([{ status: 'cancelled', heardMs: 120 }]);
  });

  test('M55 too short to be a turn: forgotten, and the next one is answered', async () => {
    const world = assistantWorld({ answer: 'push-to-talk' });
    const link = await world.connected();
    world.hold(60);
    link.deliverAll();
    expect(world.asked()).toEqual(['clearAudio', 'clearAudio']);
    expect(world.facts.map(({ type }) => type)).toEqual(['assistant:connected']);
    world.hold(600);
    link.deliverAll();
    expect(answers(world)).toEqual(['asked']);
  });

  test('M55 held in silence: asked when there were words after all', async () => {
    const world = assistantWorld({ answer: 'push-to-talk' });
    const link = await world.connected();
    for (const transcript of ['', 'A whisper.']) {
      link.transcript = transcript;
      world.assistant.hold([anna]);
      world.beSilent(600);
      world.assistant.hold([]);
      world.beSilent(300);
      link.deliverAll();
    }
    expect(answers(world)).toEqual(['nothing-said', 'asked']);
    expect(link.named('createResponse')).toHaveLength(1);
  });

  test('M55 a commit that is refused is no turn and no news', async () => {
    const world = assistantWorld({ answer: 'push-to-talk' });
    const link = await world.connected();
    link.commitAudio = () => undefined;
    world.hold(600);
    link.say('rejected', { code: 'input_audio_buffer_commit_empty', message: 'Empty.', causedBy: 'commit' });
    world.type('Hello?');
    expect(link.named('createResponse')).toHaveLength(1);
    expect([answers(world), world.notices]).toEqual([[], []]);
  });

  test('M40 what is typed meanwhile is answered after the release', async () => {
    const world = assistantWorld({ answer: 'push-to-talk' });
    const link = await world.connected();
    world.assistant.hold([anna]);
    world.speak(500);
    world.type('Hello?');
    expect(link.named('createResponse')).toEqual([]);
    world.assistant.hold([]);
    world.beSilent(300);
    link.deliverAll();
    expect(link.named('createResponse')).toHaveLength(1);
  });

  test('a link lost while the button is held: the next one hears the rest, and answers', async () => {
    const world = assistantWorld({ answer: 'push-to-talk' });
    const first = await world.connected();
    world.assistant.hold([anna]);
    world.speak(600);
    first.lose();
    world.speak(400);
    world.assistant.hold([]);
    world.beSilent(300);
    expect(first.named('commitAudio')).toEqual([]);
    await new Promise((resolve) => setImmediate(resolve));
    world.clock.turn(500);
    await new Promise((resolve) => setImmediate(resolve));
    expect(world.link).not.toBe(first);
    expect(world.link.named('commitAudio')).toHaveLength(1);
    world.link.deliverAll();
    expect(answers(world)).toEqual(['asked']);
  });
});

describe('M52 other settings, live', () => {
  test('in the middle of speech: what was begun is a turn, then the button makes them', async () => {
    const world = assistantWorld();
    const link = await world.connected();
    world.speak(600);
    link.deliverAll();
    world.configure({ answer: 'push-to-talk' });
    expect(world.asked()).toEqual(['commitAudio', 'configure']);
    link.deliverAll();
    expect(answers(world)).toEqual(['not-addressed']);
    world.speak(1_000, ben);
    world.hold(500, anna);
    link.deliverAll();
    expect(answers(world)).toEqual(['not-addressed', 'asked']);
  });

  test('in the middle of a hold: what was said is a turn, then the provider listens', async () => {
    const world = assistantWorld({ answer: 'push-to-talk' });
    const link = await world.connected();
    world.assistant.hold([anna]);
    world.speak(600);
    world.configure({ answer: 'always' });
    expect(world.asked()).toEqual(['clearAudio', 'commitAudio', 'configure']);
    expect(world.assistant.admitted).toBeUndefined();
    link.deliverAll();
    world.pullAll();
    world.say('And this?', ben);
    expect(answers(world)).toEqual(['asked', 'asked']);
  });

  test('M53 what was kept for the next link was not said into the button: it does not leave the room', async () => {
    const world = assistantWorld();
    world.assistant.start();
    world.speak(1_000, ben);
    world.configure({ answer: 'push-to-talk' });
    await world.assistant.settled();
    expect(world.link.heard).toBe(0);
    world.hold(500, anna);
    expect(world.link.audioMs).toBe(740);
  });

  test('no detection in other modes: turns are made by holding, and the mode decides', async () => {
    const world = assistantWorld({ answer: 'addressed', turnDetection: { type: 'none' } });
    const link = await world.connected();
    for (const transcript of ['Lovely day.', 'Parley, is it?']) {
      link.transcript = transcript;
      world.hold(600);
      link.deliverAll();
    }
    expect(answers(world)).toEqual(['not-addressed', 'asked']);
  });

  test('the detector hears of it only when it is about the detector; every later link has it too', async () => {
    const world = assistantWorld();
    const link = await world.connected();
    world.configure({ followUpMs: 1 });
    expect(world.asked()).toEqual([]);
    const semantic = { type: 'semantic', eagerness: 'low' } as const;
    world.configure({ turnDetection: semantic });
    expect(link.named('configure')).toEqual([['configure', { turnDetection: semantic }]]);
    link.lose();
    world.clock.turn(500);
    await new Promise((resolve) => setImmediate(resolve));
    expect(world.provider.settings.at(-1)?.turnDetection).toEqual(semantic);
  });

  test('closed: nothing more is asked of anybody', async () => {
    const world = assistantWorld({ answer: 'push-to-talk' });
    const link = await world.connected();
    world.assistant.hold([anna]);
    world.speak(500);
    world.assistant.close();
    const before = link.calls.length;
    world.assistant.hold([]);
    world.configure({ answer: 'always' });
    world.clock.turn(10_000);
    expect([link.calls.length - before, world.clock.timers]).toEqual([0, 0]);
  });
});
