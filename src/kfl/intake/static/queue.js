// What is typed and not yet known to be on the server's disk. It lives in this tab's memory and nowhere else:
// a tab that dies takes it along, so that the next child at this machine finds nothing.

const FIRST_WAIT = 2000;
const LONGEST_WAIT = 30000;
const PATIENCE = 20000; // for one reply; after that the same bytes are sent again

// Sends tasks one at a time, in order, until each has its 200. A task has `send()`, which gives an outcome; it may
// be put again while it is under way (`changed`), and saves nothing when it is `quiet`.
export class Queue {
  #waiting = [];
  #refused = new Set(); // what the server will not take as it stands
  #last = null; // handing in, when all else is done
  #tell;
  #stop;
  #timer = 0;
  #failures = 0;
  #running = false;
  #saved;
  stopped = false;

  // `tell(word)` is called whenever the state is another; `stop(word)` once, when nothing more can be sent.
  constructor(tell, stop, saved) {
    this.#tell = tell;
    this.#stop = stop;
    this.#saved = saved;
    window.addEventListener("online", () => this.#soon(0));
  }

  get #unsaved() {
    return this.#waiting.some((task) => !task.quiet);
  }

  get isEmpty() {
    return !this.#unsaved && !this.#refused.size && !this.#last;
  }

  get refused() {
    return [...this.#refused][0] || null;
  }

  put(task, pause = 0) {
    task.changed = true;
    this.#refused.delete(task);
    if (!this.#waiting.includes(task)) this.#waiting.push(task);
    this.#show();
    if (!this.#failures) this.#soon(pause);
  }

  // The task that comes when nothing else waits; null takes it back.
  finish(task) {
    this.#last = task;
    this.#show();
    if (task && !this.#failures) this.#soon(0);
  }

  // Send what waits now: the page goes out of sight.
  hurry() {
    if (this.#unsaved && !this.#failures) this.send();
  }

  async send() {
    clearTimeout(this.#timer);
    if (this.#running || this.stopped) return;
    this.#running = true;
    let wait = null;
    while (wait === null && !this.stopped) {
      const task = this.#waiting[0] || (this.#refused.size ? null : this.#last);
      if (!task) break;
      task.changed = false;
      this.#show();
      const outcome = await task.send();
      if (outcome.word === "saved") {
        this.#failures = 0;
        this.#saved = this.#saved || !task.quiet;
        this.#done(task);
      } else if (outcome.word === "later") {
        wait = this.#pause(outcome.after);
      } else if (outcome.word === "wrong") {
        this.#refused.add(task);
        this.#waiting.shift();
        this.#last = null;
      } else {
        this.stopped = true;
        this.#stop(outcome.word);
      }
    }
    this.#running = false;
    this.#show();
    if (wait !== null) this.#soon(wait);
  }

  #done(task) {
    if (task === this.#last) {
      this.#last = null;
    } else {
      this.#waiting.shift();
      if (task.changed) this.#waiting.push(task);
    }
  }

  // Longer each time, with chance in it, and never shorter than the server asked for.
  #pause(after) {
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures);
    this.#failures += 1;
    return Math.max(wait * (0.75 + Math.random() / 2), after * 1000 * (1 + Math.random() / 4));
  }

  #soon(pause) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.send(), pause);
  }

  #show() {
    if (this.stopped) return;
    if (this.#refused.size) this.#tell("wrong");
    else if (this.#unsaved || this.#last) this.#tell(this.#failures ? (this.#last ? "handing" : "later") : "saving");
    else this.#tell(this.#saved ? "saved" : "");
  }
}

// One request, and what its reply means.
export async function ask(method, address, body) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  try {
    const reply = await fetch(address, {
      method,
      body,
      keepalive: true,
      credentials: "same-origin",
      signal: patience.signal,
      headers: { "Content-Type": "application/json", Accept: "application/json" },
    });
    const error = reply.status === 409 ? (await reply.json()).error : "";
    return outcome(reply.status, error, reply.headers.get("Retry-After"));
  } catch {
    return outcome(0, "", null);
  } finally {
    clearTimeout(timer);
  }
}

// The same for a page, which arrives as a document: its parts can be shown as they are.
export function askForPage(address) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.responseType = "document";
    request.timeout = PATIENCE;
    request.setRequestHeader("Accept", "text/html");
    request.onloadend = () => {
      const kind = request.response ? request.response.documentElement.dataset.kind : "";
      const found = outcome(request.status, kind || "", request.getResponseHeader("Retry-After"));
      resolve({ ...found, page: request.response });
    };
    request.send();
  });
}

function outcome(status, error, after) {
  if (status >= 200 && status < 300) return { word: "saved" };
  if (status === 409) return { word: error === "submitted" ? "submitted" : "stale" };
  if (status === 410) return { word: "gone" };
  if (status === 0 || status >= 500 || status === 429 || status === 408) {
    return { word: "later", after: Number(after) || 0 };
  }
  return { word: "wrong" };
}
