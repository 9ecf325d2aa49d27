// The study's tables, as the page carries them: each part is unpacked when a view first asks for it.

/**
 * A column of a table: its numbers as packed, and what each stands for.
 */
export class Column {
  /**
   * @param {any} numbers
   * @param {{as?: string, texts?: string[], unit?: number, null: number | null}} about
   */
  constructor(numbers, about) {
    this.numbers = numbers;
    this.texts = about.texts ?? [];
    this.as = about.as ?? "numbers";
    this.unit = about.unit ?? 1;
    this.null = about.null;
  }

  /**
   * What stands in a row: a text, a boolean or a number; null where there is nothing.
   * @param {number} row
   * @returns {any}
   */
  at(row) {
    const number = this.numbers[row];
    if (number === this.null || Number.isNaN(number)) return null;
    if (this.as === "texts") return this.texts[number];
    if (this.as === "booleans") return number === 1;
    return number * this.unit;
  }

  /**
   * The number that a text has in this column; no row has -1.
   * @param {string} text
   */
  code(text) {
    const code = this.texts.indexOf(text);
    return code < 0 ? null : code;
  }
}

/** A table: columns of equal length. */
export class Table {
  /**
   * @param {number} rows
   * @param {Record<string, Column>} columns
   */
  constructor(rows, columns) {
    this.rows = rows;
    this.columns = columns;
  }

  /**
   * The numbers of all rows, or of those in which these columns hold these texts.
   * @param {Record<string, string>} [wanted]
   * @returns {number[]}
   */
  where(wanted = {}) {
    const tests = Object.entries(wanted).map(([name, text]) => ({
      numbers: this.columns[name].numbers,
      code: this.columns[name].code(text),
    }));
    const found = [];
    for (let row = 0; row < this.rows; row++) {
      if (tests.every(({ numbers, code }) => numbers[row] === code)) found.push(row);
    }
    return found;
  }

  /**
   * Rows as objects, a property for each column.
   * @param {Record<string, string>} [wanted]
   * @returns {Record<string, any>[]}
   */
  records(wanted = {}) {
    const columns = Object.entries(this.columns);
    return this.where(wanted).map((row) => Object.fromEntries(columns.map(([name, own]) => [name, own.at(row)])));
  }
}

/** @type {Map<string, Promise<Record<string, Table>>>} */
const unpacked = new Map();

/**
 * The tables of a part of the page, by their names.
 * @param {string} name
 */
export function part(name) {
  let tables = unpacked.get(name);
  if (!tables) {
    tables = unpack(document.getElementById(`part-${name}`)?.textContent ?? "");
    unpacked.set(name, tables);
  }
  return tables;
}

/** What the page says of the study itself: no table, so that all views have it at once. */
export const study = JSON.parse(document.getElementById("study")?.textContent ?? "{}");

/**
 * Tables from the text that `packing.py` makes of them.
 * @param {string} text
 * @returns {Promise<Record<string, Table>>}
 */
export async function unpack(text) {
  const signs = atob(text.trim());
  const packed = new Uint8Array(signs.length);
  for (let place = 0; place < signs.length; place++) packed[place] = signs.charCodeAt(place);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const content = await new Response(stream).arrayBuffer();
  const length = new DataView(content).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(content, 4, length)));
  const start = Math.ceil((4 + length) / 8) * 8;
  /** @type {Record<string, any>} */
  const types = { int8: Int8Array, int16: Int16Array, int32: Int32Array, float32: Float32Array, float64: Float64Array };
  /** @type {Record<string, Table>} */
  const tables = {};
  for (const [name, { rows, columns }] of Object.entries(/** @type {Record<string, any>} */ (header))) {
    /** @type {Record<string, Column>} */
    const own = {};
    for (const [column, about] of Object.entries(/** @type {Record<string, any>} */ (columns))) {
      own[column] = new Column(new types[about.type](content, start + about.at, rows), about);
    }
    tables[name] = new Table(rows, own);
  }
  return tables;
}
