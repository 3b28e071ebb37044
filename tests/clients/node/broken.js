// Broken twins of the Amio client, one bug each.
"use strict";

const { Amio } = require("./amio.js");

/** Sends a message again when the reply is lost. */
class SendsAgainBlindly extends Amio {
  async find() {
    return null;
  }
}

/** Reads ids as numbers, which here are doubles: the last digits of a long id are others. */
class ReadsIdsAsDoubles extends Amio {
  async page(path, offset) {
    const { rows, total } = await super.page(path, offset);
    return { rows: rows.map((row) => ({ ...row, id: String(Number(row.id)) })), total };
  }
}

/** Goes on from the next offset though contacts go away meanwhile. */
class TrustsOffsets extends Amio {
  async walk(path, seen) {
    for (let offset = 0, total = 1; offset < total; offset += this.pageSize) {
      const page = await this.page(path, offset);
      page.rows.forEach((row) => seen.add(row.id));
      total = page.total;
    }
    return true;
  }
}

module.exports = { SendsAgainBlindly, ReadsIdsAsDoubles, TrustsOffsets };
