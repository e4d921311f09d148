"""Properties that SQL Server has and the stand-in refuses (error 40510), by function, in lower case.

Source: the pages of these functions in the T-SQL reference.
"""

from __future__ import annotations

REFUSED_PROPERTIES = {
    "OBJECTPROPERTY": frozenset([
        "basetype", "cardinality", "cnstisclustkey", "cnstiscolumn", "cnstisdeletecascade", "cnstisdisabled",
        "cnstisnonclustkey", "cnstisnotrepl", "cnstisnottrusted", "cnstisupdatecascade", "execisaftertrigger",
        "execisansinullson", "execisdeletetrigger", "execisfirstdeletetrigger", "execisfirstinserttrigger",
        "execisfirstupdatetrigger", "execisinserttrigger", "execisinsteadoftrigger", "execislastdeletetrigger",
        "execislastinserttrigger", "execislastupdatetrigger", "execisquotedidenton", "execisstartup",
        "execistriggerdisabled", "execistriggernotforrepl", "execisupdatetrigger", "execiswithnativecompilation",
        "hasaftertrigger", "hasdeletetrigger", "hasinserttrigger", "hasinsteadoftrigger", "hasupdatetrigger",
        "isansinullson", "ischeckcnst", "isconstraint", "isdefault", "isdefaultcnst", "isdeterministic", "isencrypted",
        "isexecuted", "isextendedproc", "isforeignkey", "isindexable", "isindexed", "isinlinefunction", "ismsshipped",
        "isprecise", "isprimarykey", "isqueue", "isquotedidenton", "isreplproc", "isrule", "isscalarfunction",
        "isschemabound", "issystemtable", "issystemverified", "istablefunction", "istrigger", "isuniquecnst",
        "ownerid", "systemdataaccess", "tabledeletetrigger", "tabledeletetriggercount",
        "tablefulltextbackgroundupdateindexon", "tablefulltextcatalogid", "tablefulltextchangetrackingon",
        "tablefulltextdocsprocessed", "tablefulltextfailcount", "tablefulltextitemcount", "tablefulltextkeycolumn",
        "tablefulltextmergestatus", "tablefulltextpendingchanges", "tablefulltextpopulatestatus",
        "tablefulltextsemanticextraction", "tablehasactivefulltextindex", "tablehascheckcnst", "tablehasclustindex",
        "tablehascolumnset", "tablehasdefaultcnst", "tablehasdeletetrigger", "tablehasforeignkey",
        "tablehasforeignref", "tablehasindex", "tablehasinserttrigger", "tablehasnonclustindex", "tablehasrowguidcol",
        "tablehastextimage", "tablehastimestamp", "tablehasuniquecnst", "tablehasupdatetrigger",
        "tablehasvardecimalstorageformat", "tableinserttrigger", "tableinserttriggercount", "tableisfake",
        "tableislockedonbulkload", "tableismemoryoptimized", "tableispinned", "tabletemporaltype",
        "tabletextinrowlimit", "tableupdatetrigger", "tableupdatetriggercount", "userdataaccess",
    ]),
    "DATABASEPROPERTYEX": frozenset([
        "comparisonstyle", "edition", "isansinulldefault", "isansinullsenabled", "isansipaddingenabled",
        "isansiwarningsenabled", "isarithmeticabortenabled", "isautoclose", "isautocreatestatistics",
        "isautocreatestatisticsincremental", "isautoshrink", "isautoupdatestatistics", "isclone",
        "isclosecursorsoncommitenabled", "isdatabasesuspendedforsnapshotbackup", "isfulltextenabled", "isinstandby",
        "islocalcursorsdefault", "ismemoryoptimizedelevatetosnapshotenabled", "ismergepublished", "isnullconcat",
        "isnumericroundabortenabled", "isparameterizationforced", "ispublished", "isquotedidentifiersenabled",
        "isrecursivetriggersenabled", "issubscribed", "issyncwithbackup", "istornpagedetectionenabled",
        "isverifiedclone", "isxtpsupported", "lcid", "maxsizeinbytes", "serviceobjective",
        "serviceobjectiveid", "sqlsortorder",
    ]),
    "FULLTEXTSERVICEPROPERTY": frozenset([
        "connecttimeout", "datatimeout", "loadosresources", "resourceusage", "verifysignature",
    ]),
    "COLUMNPROPERTY": frozenset([
        "charmaxlen", "columnid", "fulltexttypecolumn", "generatedalwaystype", "iscolumnset", "iscursortype",
        "isdeterministic", "isfulltextindexed", "ishidden", "isidnotforrepl", "isindexable", "isoutparam", "isprecise",
        "isrowguidcol", "issparse", "issystemverified", "isxmlindexable", "precision", "scale", "statisticalsemantics",
        "systemdataaccess", "userdataaccess", "usesansitrim",
    ]),
}  # fmt: skip
