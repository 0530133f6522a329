/** What one system did in one round. Times in ms; CPU in ms for each room and second. */
export interface Round {
  /** One minute's average while it talked, by the system. */
  loadAverage: number;
  talkCpu: number;
  /** MiB for each room, beyond what the processes had before the first one. */
  rssPerRoom: number;
  joinMs: number[];
  heard: Heard;
  /** From mouth to ear, to the sample; `hurried` where rooms were told to hold back as little as they can. */
  micToEar: { usual: number[]; hurried: number[] };
  /** Sounds that were listened for and not found. */
  missed: number;
  /** Part of the time in which the assistant spoke. */
  speaking: number;
  botsLateP99: number;
  /** In the first round alone. */
  quiet?: Quiet;
}

export interface Heard {
  packets: number;
  lost: number;
  gaps: number;
  /** Packets a second, for each participant that heard something for longer than a second. */
  rates: number[];
}

/** CPU where nobody speaks. */
export interface Quiet {
  /** ms for each second, without any room. */
  process: number;
  emptyRooms: number;
  silentRooms: number;
}
