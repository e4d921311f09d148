// Cancel and time-out of tedious: the connection goes on afterwards. A table-valued parameter.
const assert = require("node:assert");
const { Connection, Request, TYPES } = require("tedious");

const [port, password] = process.argv.slice(2);
const connection = new Connection({
  server: "127.0.0.1",
  authentication: { type: "default", options: { userName: "sa", password } },
  options: { port: Number(port), encrypt: true, trustServerCertificate: true, database: "master" },
});

function run(text, prepare = () => {}) {
  return new Promise((resolve) => {
    const request = new Request(text, (error, rows) => resolve(error ? error.code : rows));
    prepare(request);
    connection.execSql(request);
  });
}

connection.connect(async (failure) => {
  assert.ifError(failure);
  const cancel = (request) => setTimeout(() => request.cancel(), 300);
  assert.strictEqual(await run("WAITFOR DELAY '00:01:00'", cancel), "ECANCEL");
  assert.strictEqual(await run("SELECT 1"), 1);
  assert.strictEqual(await run("WAITFOR DELAY '00:01:00'", (request) => request.setTimeout(300)), "ETIMEOUT");
  assert.strictEqual(await run("SELECT 1 UNION ALL SELECT 2"), 2);
  assert.strictEqual(await run("CREATE TYPE dbo.NodeLine AS TABLE (id INT PRIMARY KEY, name NVARCHAR(20))"), 0);
  const columns = [{ name: "id", type: TYPES.Int }, { name: "name", type: TYPES.NVarChar, length: 20 }];
  const lines = { schema: "dbo", name: "NodeLine", columns, rows: [[1, "a"], [2, null], [3, "c"]] };
  const send = (request) => request.addParameter("lines", TYPES.TVP, lines);
  assert.strictEqual(await run("SELECT id FROM @lines WHERE name IS NOT NULL", send), 2);
  connection.close();
});
