// Knex: a table, its rows, its description, and changes of the table.
const assert = require("node:assert");

const [port, password] = process.argv.slice(2);
const knex = require("knex")({
  client: "mssql",
  connection: {
    server: "127.0.0.1",
    port: Number(port),
    user: "sa",
    password,
    database: "master",
    options: { encrypt: true, trustServerCertificate: true },
  },
});

async function main() {
  await knex.schema.createTable("people", (table) => {
    table.increments("id");
    table.string("name", 50).notNullable().unique();
    table.decimal("x", 9, 2).defaultTo(0);
    table.index(["x"]);
  });
  assert.strictEqual(await knex.schema.hasTable("people"), true);
  assert.strictEqual(await knex.schema.hasColumn("people", "name"), true);
  const inserted = await knex("people").insert([{ name: "a" }, { name: "b" }]).returning("id");
  assert.deepStrictEqual(inserted.map((row) => row.id), [1, 2]);
  assert.deepStrictEqual(await knex("people").where("name", "a").update({ x: 2 }).returning(["id", "x"]), [
    { id: 1, x: 2 },
  ]);
  const columns = await knex("people").columnInfo();
  assert.deepStrictEqual(
    Object.entries(columns).map(([name, column]) => [name, column.type, column.maxLength, column.nullable]),
    [
      ["id", "int", null, false],
      ["name", "nvarchar", 50, false],
      ["x", "decimal", null, true],
    ],
  );
  await knex.schema.alterTable("people", (table) => table.integer("extra").notNullable().defaultTo(5));
  await knex.schema.alterTable("people", (table) => table.dropColumn("extra"));
  await knex.batchInsert("people", [{ name: "q" }, { name: "r" }], 10);
  await assert.rejects(
    knex.transaction(async (transaction) => {
      await transaction("people").insert({ name: "lost" });
      throw new Error("rolled back");
    }),
    { message: "rolled back" },
  );
  assert.deepStrictEqual(await knex("people").pluck("name").orderBy("id").limit(2).offset(2), ["q", "r"]);
  await knex.schema.dropTable("people");
  await knex.destroy();
}

main();
