"""Properties that SQL Server has and the stand-in refuses (error 40510), by function, in lower case.

Source: the pages of these functions in the T-SQL reference.
"""

from __future__ import annotations

REFUSED_PROPERTIES = {
    "OBJECTPROPERTY": frozenset([
        "basetype", "cardinality", "cnstiscolumn", "execisaftertrigger", "execisdeletetrigger",
        "execisfirstdeletetrigger", "execisfirstinserttrigger", "execisfirstupdatetrigger", "execisinserttrigger",
        "execisinsteadoftrigger", "execislastdeletetrigger", "execislastinserttrigger", "execislastupdatetrigger",
        "execistriggerdisabled", "execistriggernotforrepl", "execisupdatetrigger", "execiswithnativecompilation",
        "isdeterministic", "isindexable", "isprecise", "issystemverified", "systemdataaccess", "tabledeletetrigger",
        "tabledeletetriggercount", "tablefulltextbackgroundupdateindexon", "tablefulltextchangetrackingon",
        "tablefulltextdocsprocessed", "tablefulltextfailcount", "tablefulltextitemcount", "tablefulltextkeycolumn",
        "tablefulltextmergestatus", "tablefulltextpendingchanges", "tablefulltextpopulatestatus",
        "tablefulltextsemanticextraction", "tableinserttrigger",
        "tableinserttriggercount", "tableupdatetrigger", "tableupdatetriggercount", "userdataaccess",
    ]),
    "DATABASEPROPERTYEX": frozenset([
        "comparisonstyle", "edition", "isautocreatestatistics", "isautocreatestatisticsincremental",
        "isautoupdatestatistics", "isdatabasesuspendedforsnapshotbackup", "ismemoryoptimizedelevatetosnapshotenabled",
        "istornpagedetectionenabled", "isverifiedclone", "isxtpsupported", "maxsizeinbytes", "serviceobjective",
        "serviceobjectiveid",
    ]),
    "ASSEMBLYPROPERTY": frozenset(["architecture", "clrname", "mvid"]),
    "COLLATIONPROPERTY": frozenset(),
    "TYPEPROPERTY": frozenset(["allowsnull", "precision", "scale", "usesansitrim"]),
    "INDEXPROPERTY": frozenset(["indexdepth"]),
    "FULLTEXTSERVICEPROPERTY": frozenset([
        "connecttimeout", "datatimeout", "loadosresources", "resourceusage", "verifysignature",
    ]),
    "COLUMNPROPERTY": frozenset([
        "fulltexttypecolumn", "generatedalwaystype", "iscolumnset", "iscursortype",
        "isdeterministic", "isfulltextindexed", "ishidden", "isidnotforrepl", "isindexable", "isoutparam", "isprecise",
        "isrowguidcol", "issparse", "issystemverified", "isxmlindexable", "precision", "scale", "statisticalsemantics",
        "systemdataaccess", "userdataaccess", "usesansitrim",
    ]),
}  # fmt: skip
