// Sequelize: a model's table, its rows, its description, and changes of the table.
const assert = require("node:assert");
const { Sequelize, DataTypes } = require("sequelize");

const [port, password] = process.argv.slice(2);

async function main() {
  const sequelize = new Sequelize("master", "sa", password, {
    host: "127.0.0.1",
    port: Number(port),
    dialect: "mssql",
    dialectOptions: { options: { encrypt: true, trustServerCertificate: true } },
    logging: false,
  });
  const Author = sequelize.define(
    "author",
    {
      name: { type: DataTypes.STRING(50), allowNull: false, unique: true },
      born: DataTypes.DATEONLY,
      score: { type: DataTypes.DECIMAL(9, 2), defaultValue: 0 },
      note: DataTypes.TEXT,
    },
    { timestamps: false, indexes: [{ fields: ["born"] }] },
  );
  const tables = sequelize.getQueryInterface();
  await sequelize.sync();
  await sequelize.sync();
  assert.strictEqual((await Author.create({ name: "x", score: 1.5 })).id, 1);
  await Author.bulkCreate([{ name: "y" }, { name: "z", born: "2024-02-29" }]);
  const names = async (options) => (await Author.findAll({ order: ["id"], ...options })).map((author) => author.name);
  assert.deepStrictEqual(await names({ limit: 1, offset: 1 }), ["y"]);
  assert.deepStrictEqual(await Author.update({ score: 3 }, { where: { name: "z" } }), [1]);
  await Author.upsert({ id: 1, name: "x2" });
  await assert.rejects(
    sequelize.transaction(async (transaction) => {
      await Author.create({ name: "lost" }, { transaction });
      throw new Error("rolled back");
    }),
    { message: "rolled back" },
  );
  assert.deepStrictEqual(await names({}), ["x2", "y", "z"]);
  assert.strictEqual(await Author.destroy({ where: { name: "y" } }), 1);

  const columns = await tables.describeTable("authors");
  assert.deepStrictEqual(
    Object.entries(columns).map(([name, column]) => [name, column.type, column.allowNull, column.primaryKey]),
    [
      ["id", "INT", false, true],
      ["name", "NVARCHAR(50)", false, false],
      ["born", "DATE", true, false],
      ["score", "DECIMAL", true, false],
      ["note", "NVARCHAR(MAX)", true, false],
    ],
  );
  const indexes = await tables.showIndex("authors");
  assert.deepStrictEqual(
    indexes.map((index) => [index.primary, index.unique, index.fields.map((field) => field.attribute)]),
    [
      [false, false, ["born"]],
      [true, true, ["id"]],
      [false, true, ["name"]],
    ],
  );
  await tables.addColumn("authors", "extra", { type: DataTypes.INTEGER, allowNull: false, defaultValue: 5 });
  await tables.removeColumn("authors", "extra");
  await tables.addIndex("authors", ["score"]);
  assert.strictEqual((await tables.showIndex("authors")).length, 4);
  await tables.dropTable("authors");
  await sequelize.close();
}

main();
