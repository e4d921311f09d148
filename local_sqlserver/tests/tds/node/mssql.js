// A bulk load of mssql into a table that it creates.
const assert = require("node:assert");
const sql = require("mssql");

const [port, password] = process.argv.slice(2);

async function main() {
  const pool = await sql.connect({
    server: "127.0.0.1",
    port: Number(port),
    user: "sa",
    password,
    database: "master",
    options: { encrypt: true, trustServerCertificate: true },
  });
  const table = new sql.Table("from_node");
  table.create = true;
  table.columns.add("a", sql.Int, { nullable: false, primary: true });
  table.columns.add("b", sql.NVarChar(50), { nullable: true });
  table.columns.add("c", sql.Decimal(9, 2), { nullable: true });
  table.columns.add("d", sql.DateTime2(3), { nullable: true });
  table.columns.add("e", sql.VarChar(sql.MAX), { nullable: true });
  table.columns.add("f", sql.UniqueIdentifier, { nullable: true });
  table.columns.add("g", sql.VarBinary(20), { nullable: true });
  const moment = new Date(Date.UTC(2024, 1, 29, 1, 2, 3, 456));
  const id = "6F9619FF-8B86-D011-B42D-00C04FC964FF";
  const rows = [
    [1, "Jiménez", 1.25, moment, "x".repeat(9000), id, Buffer.from([1, 2])],
    [2, null, null, null, null, null, null],
  ];
  rows.forEach((row) => table.rows.add(...row));
  assert.strictEqual((await pool.request().bulk(table)).rowsAffected, 2);
  const found = (await pool.request().query("SELECT * FROM from_node ORDER BY a")).recordset;
  assert.deepStrictEqual(found.map(Object.values), rows);
  const again = new sql.Table("from_node");
  again.columns.add("a", sql.Int, { nullable: false });
  [3, 1].forEach((key) => again.rows.add(key));
  await assert.rejects(pool.request().bulk(again), { number: 2627 });
  assert.strictEqual((await pool.request().query("SELECT COUNT(*) AS n FROM from_node")).recordset[0].n, 2);
  await pool.close();
}

main();
