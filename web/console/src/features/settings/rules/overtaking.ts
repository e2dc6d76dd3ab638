// Questions that overtake each other: each keystroke asks the server, and only the answer to the newest question counts.
// Until that answer is good, what is drafted is not what is shown, and must not be saved.

export interface Reactions<T> {
  /** False from the moment of asking until a good answer to the newest question. */
  onSettled: (isSettled: boolean) => void;
  /** The newest answer; gives whether it is good. */
  onAnswer: (answer: T) => boolean;
  onFailure: (thrown: unknown) => void;
}

export interface Overtaking<T> {
  ask: (question: () => Promise<T>, reactions: Reactions<T>) => Promise<void>;
  /** Whatever is still on its way is not wanted any more. */
  drop: () => void;
}

export function overtaking<T>(): Overtaking<T> {
  let newest = 0;
  const ask = async (question: () => Promise<T>, { onSettled, onAnswer, onFailure }: Reactions<T>) => {
    newest += 1;
    const mine = newest;
    onSettled(false);
    try {
      const answer = await question();
      if (mine === newest && onAnswer(answer)) onSettled(true);
    } catch (thrown) {
      if (mine === newest) onFailure(thrown);
    }
  };
  return { ask, drop: () => void (newest += 1) };
}
