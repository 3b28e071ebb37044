// Amio with Node's own fetch: contacts are read to the end of the list, and a message is sent once, come what may.
"use strict";

const { randomUUID } = require("node:crypto");
const { setTimeout: pause } = require("node:timers/promises");

const TIMEOUT = 30_000;
const TRIES = 7;
const STARTS = 10;

/** The job is not done, and why. */
class GaveUp extends Error {}

/** Whether the call was carried out is not known, and it must not be carried out twice. */
class Unknown extends Error {}

class Amio {
  /** `second` is how many milliseconds a second of waiting takes; less than 1000 only against a server whose time runs faster. */
  constructor(baseUrl, token, { pageSize = 100, second = 1000 } = {}) {
    Object.assign(this, { baseUrl, token, pageSize, second });
  }

  /** The ids of every contact of a channel, each once. A page begins with the last row of the page before: if that has gone,
   *  others would be passed over, and the list is read again from its beginning. */
  async contacts(channelId) {
    const seen = new Set();
    for (let start = 0; start < STARTS; start++) {
      if (await this.walk(`/v1/channels/${channelId}/contacts`, seen)) return [...seen];
    }
    throw new GaveUp("the list changed under our hands again and again");
  }

  /** Reads a list into `seen`; false if it changed so that something may have been passed over. */
  async walk(path, seen) {
    for (let offset = 0, last = null; ; ) {
      const { rows, total } = await this.page(path, offset);
      const ids = rows.map((row) => row.id);
      if (last !== null && !ids.includes(last)) return false;
      ids.forEach((id) => seen.add(id));
      if (offset + ids.length >= total) return true;
      if (ids.length < 2) return false;
      offset += ids.length - 1;
      last = ids.at(-1);
    }
  }

  /** The rows from an offset on, and how many there are in all. */
  async page(path, offset) {
    const { body, headers } = await this.get(`${path}?max=${this.pageSize}&offset=${offset}`);
    return { rows: body, total: Number(headers.get("X-Total-Count")) };
  }

  /** Sends a text once and answers the message's id. If the reply is lost, the conversation is searched for the message's reference. */
  async send(channelId, contactId, text) {
    const reference = randomUUID();
    const wish = {
      channel: { id: channelId },
      contact: { id: contactId },
      content: { type: "text", payload: text },
      metadata: { reference },
    };
    for (let n = 0; n < TRIES; n++) {
      try {
        return (await this.once("POST", "/v1/messages", wish)).body.id;
      } catch (error) {
        if (!(error instanceof Unknown)) throw error;
        await this.wait(2 ** n);
        const found = await this.find(channelId, contactId, text, reference);
        if (found !== null) return found;
      }
    }
    throw new GaveUp(`the message to ${contactId} could not be sent`);
  }

  /** The id of the message that bears a reference, or null. A listing may leave metadata out: such a one is read again. */
  async find(channelId, contactId, text, reference) {
    const path = `/v1/channels/${channelId}/contacts/${contactId}/messages`;
    for (let look = 0; look < 3; look++) {
      let doubtful = false;
      for (let offset = 0, total = 1; offset < total; offset += this.pageSize - 1) {
        const page = await this.page(path, offset);
        for (const message of page.rows) {
          if (message.metadata?.reference === reference) return message.id;
          const words = message.content?.payload ?? text;
          doubtful ||= message.metadata == null && words === text && message.direction !== "received";
        }
        total = page.total;
      }
      if (!doubtful) return null;
      await this.wait(1);
    }
    return null;
  }

  /** Reads, as often as it takes. */
  async get(path) {
    for (let n = 0; n < TRIES; n++) {
      try {
        return await this.once("GET", path);
      } catch (error) {
        if (!(error instanceof Unknown)) throw error;
        await this.wait(2 ** n);
      }
    }
    throw new GaveUp(`GET ${path} was tried in vain`);
  }

  /** A call that is carried out at most once: again only where it was refused for too many calls. Throws Unknown. */
  async once(method, path, wish) {
    for (let n = 0; n < TRIES; n++) {
      const reply = await this.tried(method, path, wish);
      if (reply.status < 300) return reply;
      if (reply.status >= 500) throw new Unknown(`${method} ${path}: ${reply.status}`);
      if (reply.status !== 429) throw new GaveUp(`${reply.status}: ${JSON.stringify(reply.body)}`);
      await this.throttled(reply.headers, 2 ** n);
    }
    throw new GaveUp(`${method} ${path}: too many calls, again and again`);
  }

  /** One try. Throws Unknown where there was no reply, or none that can be read. */
  async tried(method, path, wish) {
    try {
      const reply = await fetch(this.baseUrl + path, {
        method,
        headers: { Authorization: `Bearer ${this.token}`, ...(wish && { "Content-Type": "application/json" }) },
        body: wish && JSON.stringify(wish),
        signal: AbortSignal.timeout(TIMEOUT),
      });
      return { status: reply.status, headers: reply.headers, body: await reply.json() };
    } catch (error) {
      throw new Unknown(`${method} ${path}: ${error.cause?.message ?? error.message}`);
    }
  }

  /** Waits for the end of the hour that is used up; a little where it was the connections at one time. */
  async throttled(headers, seconds) {
    if (headers.get("X-RateLimit-Remaining") !== "0") return this.wait(seconds);
    const left = Number(headers.get("X-RateLimit-Reset")) * 1000 - Date.now();
    await pause(Math.max(0, left) + 1000);
  }

  /** Waits so many seconds. */
  async wait(seconds) {
    await pause(seconds * this.second);
  }
}

module.exports = { Amio, GaveUp, Unknown };
