// What Microsoft's own tools say of include/sql: dotnet run --project tests/microsoft -- include/sql
// ScriptDom parses every batch as SQL Server 2022 does; DacFx resolves what tables, views, procedures, users and grants
// refer to. Neither looks into dynamic SQL, but for CREATE SCHEMA. Prints each complaint; exit code 1 if there is one.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.SqlServer.Dac.Model;
using Microsoft.SqlServer.TransactSql.ScriptDom;

static class Check
{
    // DacFx does not know the procedures of master, nor the temporary table that the callers of etl.reject_rows make.
    static readonly Regex Expected = new Regex(@"\[sp_(getapplock|executesql)\]|\[#judged\]");

    static readonly List<string> complaints = new List<string>();
    static readonly List<string> elements = new List<string>();
    static readonly Dictionary<string, int> tables = new Dictionary<string, int>();

    static int Main(string[] arguments)
    {
        int batches = 0;
        string[] files = Directory.GetFiles(arguments[0], "*.sql", SearchOption.AllDirectories);
        Array.Sort(files, StringComparer.Ordinal);
        foreach (string file in files)
            foreach (TSqlBatch batch in Parse(File.ReadAllText(file), file))
            {
                batches++;
                foreach (TSqlStatement statement in batch.Statements) Collect(statement);
            }
        // Only dynamic SQL makes the certificate of the user load_signer.
        elements.Add("CREATE CERTIFICATE load_signer ENCRYPTION BY PASSWORD = 'Aa1!aaaaaaaa' WITH SUBJECT = 'load_signer'");
        var model = new TSqlModel(SqlServerVersion.Sql160, new TSqlModelOptions());
        foreach (string element in elements)
        {
            try { model.AddObjects(element); }
            catch (DacModelException error) { complaints.Add($"{error.Message}\n{element}"); }
        }
        complaints.AddRange(model.Validate().Where(each => !Expected.IsMatch(each.Message)).Select(each => each.ToString()));
        foreach (string complaint in complaints) Console.WriteLine(complaint);
        Console.WriteLine($"{files.Length} files, {batches} batches, {elements.Count} elements, {complaints.Count} complaints");
        return complaints.Count == 0 && files.Length > 0 ? 0 : 1;
    }

    static IEnumerable<TSqlBatch> Parse(string text, string where)
    {
        IList<ParseError> errors;
        var script = (TSqlScript)new TSql160Parser(true).Parse(new StringReader(text), out errors);
        complaints.AddRange(errors.Select(error => $"{where}, line {error.Line}: {error.Number} {error.Message}"));
        return script == null ? Enumerable.Empty<TSqlBatch>() : script.Batches;
    }

    // Keeps what defines something in the form that a model takes: CREATE for CREATE OR ALTER, without IF around it, and
    // with the columns of an ALTER TABLE in the CREATE TABLE.
    static void Collect(TSqlStatement statement)
    {
        if (statement is IfStatement choice) Collect(choice.ThenStatement);
        else if (statement is BeginEndBlockStatement block)
            foreach (TSqlStatement each in block.StatementList.Statements) Collect(each);
        else if (statement is ExecuteStatement execute && execute.ExecuteSpecification.ExecutableEntity is ExecutableStringList list)
        {
            string text = string.Concat(list.Strings.OfType<StringLiteral>().Select(literal => literal.Value));
            if (text.StartsWith("CREATE SCHEMA"))
                foreach (TSqlBatch batch in Parse(text, text)) Collect(batch.Statements[0]);
        }
        else if (statement is AlterTableAddTableElementStatement added && added.Definition.ColumnDefinitions.Count > 0)
        {
            int table = tables[Name(added.SchemaObjectName)], end = elements[table].LastIndexOf(')');
            elements[table] = $"{elements[table].Substring(0, end)}, {Text(added.Definition)})";
        }
        else if (statement is CreateTableStatement || statement is ViewStatementBody || statement is ProcedureStatementBody
            || statement is CreateSchemaStatement || statement is CreateRoleStatement || statement is CreateUserStatement
            || statement is CreateIndexStatement || statement is GrantStatement)
        {
            if (statement is CreateTableStatement create) tables[Name(create.SchemaObjectName)] = elements.Count;
            elements.Add(Regex.Replace(Text(statement), @"^CREATE\s+OR\s+ALTER\b", "CREATE", RegexOptions.IgnoreCase));
        }
    }

    static string Name(SchemaObjectName name) => string.Join(".", name.Identifiers.Select(part => part.Value.ToLowerInvariant()));

    static string Text(TSqlFragment fragment) => string.Concat(
        fragment.ScriptTokenStream.Skip(fragment.FirstTokenIndex).Take(fragment.LastTokenIndex - fragment.FirstTokenIndex + 1)
            .Select(token => token.Text));
}
