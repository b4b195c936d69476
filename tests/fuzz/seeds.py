#!/usr/bin/env python3
"""Writes the files that fuzzing starts from, into seeds/TARGET: small, made up, one for each turn a
reader can take. FlatGeobuf is written by GDAL (ogr2ogr), everything else here.

Archives are one text in which a line `==== NAME` begins each part: see `parts` in entries.rs."""

import pathlib
import sqlite3
import struct
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).parent / "seeds"


def write(target, name, content):
    folder = ROOT / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


ACTIVITIES = '''Organisation,Sector,Province,District,Start date,End date,People reached
UNICEF,WASH,Province 0,Buzi,01/03/2024,31/03/2024,1200
"Save the ""Children",Health,Province 1,Dondo,2024-03-01,Q2 2024,"1,500"
WFP,Food Security,XA00,XA0001,45352,mars 2024,2 300
'''

LAYER = (
    '{"type":"FeatureCollection","name":"adm2","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},"features":['
    '{"type":"Feature","properties":{"ADM2_PCODE":"XA0001","ADM2_EN":"Buzi","ADM1_PCODE":"XA00","n":31.0,"x":null},'
    '"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]],[[0.2,0.2],[0.2,0.4],[0.4,0.4],[0.2,0.2]]]}},'
    '{"type":"Feature","properties":{"ADM2_PCODE":"XA0002"},"geometry":{"type":"MultiPolygon","coordinates":[[[[2,0,5],[3,0,null],[3,1],[2,0]]]]}},'
    '{"type":"Feature","properties":null,"geometry":null}]}'
)


def texts():
    write("csv", "comma", ACTIVITIES)
    write("csv", "semicolon", 'sep=;\r\nOrganisation;Secteur;District;Atteints\r\nUNICEF;EHA;Buzi;1.234,5\r\n"a;""b""";x;y;12,5\r\n')
    write("csv", "tab", "Who\tWhat\tWhere\tReached\n#org+name\t#sector\t#adm2+code\t#reached+ind\nA\tWSH\tXA0001\t5\n")
    write("csv", "bar", "a|b\rEduca\x8d\x8bo|\x87gua\r".encode("latin-1"))
    write("csv", "utf16", b"\xff\xfe" + "a,b\né,2\n".encode("utf-16-le"))
    write("csv", "quotes", 'a,b\n"oops,2\n"the "old" well",1\n3,"4\n5"\n')
    write("csv", "arabic", "المنظمة,القطاع,عدد\nأ,المياه,٣٤\n")

    write("json_table", "objects", '{"DataList":[{"Organisation":"A","Sector":"WASH","Reached":12.5},{"Organisation":"B","ok":true,"x":null,"y":[1,{"z":2}]}]}')
    write("json_table", "lists", '[["Org","Reached"],["#org+name","#reached"],["A",5],["B","6"]]')
    write("json_table", "columns-beside-rows", '{"meta":{"tags":[{"x":1}]},"columns":["a","b"],"data":[[1,2],[3,4]]}')
    write("json_table", "lines", '{"a":1,"b":2}\n{"a":3}\n')
    write("json_table", "error", '{"error":{"code":400,"message":"Invalid URL"}}')

    write("geojson", "polygons", LAYER)
    write("geojson", "points", '{"features":[{"geometry":{"coordinates":[36.5,-1.25],"type":"Point"},"properties":{"name":"a","beds":7,"ok":true}},{"geometry":{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},{"type":"MultiPoint","coordinates":[[1,2]]},{"type":"LineString","coordinates":[[1,2],[3,4]]}]}},null]}')
    write("geojson", "projected", '{"crs":{"type":"name","properties":{"name":"EPSG:32736"}},"type":"Feature","properties":{"a":"São"},"geometry":{"type":"Point","coordinates":[695000,7805000]}}')
    write("topojson", "two", '{"type":"Topology","transform":{"scale":[0.1,0.1],"translate":[10,20]},"objects":{"adm":{"type":"GeometryCollection","crs":{"type":"name","properties":{"name":"EPSG:4326"}},"geometries":[{"type":"Polygon","properties":{"pcode":"A","n":3},"arcs":[[0,1]]},{"type":"MultiPolygon","properties":{"pcode":"B"},"arcs":[[[2,-1]]]},{"type":null,"properties":{"pcode":"C"}},{"type":"Polygon","properties":{"pcode":"D"},"arcs":[[9]]},{"type":"Point","properties":{},"coordinates":[5,5]}]}},"arcs":[[[10,0,0,null],[0,10]],[[10,10],[-10,0],[0,-10],[10,0]],[[10,0],[10,0],[0,10],[-10,0]]]}')
    write("kml", "document", '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>d</name><Schema name="s"><SimpleField name="pcode" type="string"/></Schema><Folder><name>North</name><Placemark><name>Caf&#233; &amp; well</name><description><![CDATA[<b>open</b>]]></description><ExtendedData><Data name="pcode"><value>XA01</value></Data><SchemaData><SimpleData name="beds">7</SimpleData></SchemaData></ExtendedData><Point><coordinates>36.5,-1.25,0</coordinates></Point></Placemark><Placemark><TimeSpan><begin>2024</begin></TimeSpan><MultiGeometry><Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 4,0 4,4 0,4 0,0</coordinates></LinearRing></outerBoundaryIs><innerBoundaryIs><LinearRing><coordinates>1,1 2,1 2,2 1,1</coordinates></LinearRing></innerBoundaryIs></Polygon><LineString><coordinates>0,0 1,1</coordinates></LineString></MultiGeometry></Placemark></Folder></Document></kml>')


def imports():
    """The first byte is the kind: activities, sites, needs, population, areas."""
    write("import", "activities", b"\0" + ACTIVITIES.encode())
    write("import", "two-languages", b"\0" + "Matrix,,,\nOrg,Cluster,Distrito,Pessoas alcançadas\n#org+name,#sector+cluster,#adm2+name,#reached+ind\nA (UNICEF),Água,Buzi / بوزي,12\nTotal,,,12\n".encode())
    write("import", "sites", b'\1name,type,sector,latitude,longitude,P-code,phone\nWell A,water point,WSH,0.5,0.5,XA0000,0841234567\nB,clinic,HEA,"0,2",1.1,XA0001,a@b.org\n')
    write("import", "needs", b"\2ADM2_PCODE,Sector,Population,In Need,Targeted,Severity\nXA0000,WSH,1000,500,200,3\nXA0001,HEA,1.000,50%,x,5\n")
    write("import", "population", b"\3ADM2_PCODE,ADM2_EN,F_0_4,M_0_4,F_TL,M_TL,T_TL\nXA0000,Buzi,10,11,100,110,210\nXA0100,Buzi,1,2,3,4,7\n")
    write("import", "areas", b"\4" + LAYER.encode())
    write("import", "months", b"\0" + "Org,Sector,P-code,Year,Jan,,Feb,,Total\n,,,,M,F,M,F,\nA,WSH,XA0000,2024,1,2,3,4,10\nB,HEA,XA0001,2024,,,5,6,99\nTotal,,,,1,2,8,10,109\n".encode())
    write("import", "sectors", "\0Organização,Admin2,Mês,WASH,Saúde,Others,Total\nA,Buzi,março 2024,10,20,5,35\nSOFALA,,,,,,\nB,Buzi,Q1 2024,,7,,7\n".encode())
    write("import", "three-rows", b"\0Who,Where,What,Targeted,,,Reached,,,Sum\n,,,Children,,Adults,Children,,Adults,\n,,,Boys,Girls,Women,Boys,Girls,Men,\nA,XA0000,WSH,1,2,3,4,5,6,15\n")
    write("import", "raster", b"\3" + tiff(tiled=False))


def spreadsheets():
    write("xlsx", "strings-and-merges", """==== xl/worksheets/sheet1.xml
<worksheet><dimension ref="A1:C4"/><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="inlineStr"><is><t>Reached</t></is></c></row><row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" s="1"><v>45352</v></c><c r="C2"><f>1+1</f><v>2</v></c></row><row r="3"><c r="B3" t="b"><v>1</v></c><c r="C3" t="e"><v>#N/A</v></c></row><row r="4"><c r="C4" t="str"><v>x &amp; y</v></c><c r="D4" t="d"><v>2024-03-01</v></c></row></sheetData><mergeCells count="1"><mergeCell ref="A2:A4"/></mergeCells></worksheet>
==== xl/sharedStrings.xml
<sst count="3" uniqueCount="3"><si><t>Org</t></si><si><t xml:space="preserve">Date </t></si><si><r><t>UNI</t></r><r><rPr><b/></rPr><t>CEF</t></r></si></sst>
==== xl/styles.xml
<styleSheet><numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>
==== xl/worksheets/sheet2.xml
<worksheet><sheetData/></worksheet>""")
    write("xlsx", "hidden-sheet", """==== xl/workbook.xml
<workbook><workbookPr date1904="1"/><sheets><sheet name="Data" sheetId="1" r:id="r1" state="hidden"/></sheets><definedNames><definedName name="x">Data!$A$1</definedName></definedNames></workbook>
==== xl/worksheets/sheet1.xml
<worksheet><sheetData><row><c><v>1.5</v></c><c><v>-2e3</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>""")
    record = lambda kind, body: bytes([kind & 0x7F | (0x80 if kind > 0x7F else 0)] + ([kind >> 7] if kind > 0x7F else []) + [len(body)]) + body
    wide = lambda text: struct.pack("<I", len(text)) + text.encode("utf-16-le")
    book = record(0x99, bytes(8)) + record(0x9C, struct.pack("<II", 0, 1) + wide("r1") + wide("A")) + record(0x84, b"")
    cell = struct.pack("<II", 0, 0)
    sheet = record(0x81, b"") + record(0x94, bytes(16)) + record(0x91, b"") + record(0, bytes(17))
    sheet += record(5, cell + struct.pack("<d", 1.5)) + record(6, struct.pack("<II", 1, 0) + wide("text")) + record(2, struct.pack("<III", 2, 0, 9)) + record(0x92, b"")
    rels = b'<Relationships><Relationship Id="r1" Target="worksheets/sheet1.bin"/></Relationships>'
    write("xlsx", "binary", b"==== xl/workbook.bin\n" + book + b"\n==== xl/_rels/workbook.bin.rels\n" + rels + b"\n==== xl/worksheets/sheet1.bin\n" + sheet)

    write("ods", "table", """==== content.xml
<office:document-content><office:automatic-styles><style:style style:name="h"><style:table-properties table:display="false"/></style:style></office:automatic-styles><office:body><office:spreadsheet><table:table table:name="A"><table:table-column table:number-columns-repeated="3"/><table:table-row><table:table-cell office:value-type="string"><text:p>Org</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>Da<text:span>te</text:span></text:p></table:table-cell><table:table-cell table:number-columns-repeated="2"/><table:table-cell office:value-type="string" office:string-value="Reached"/></table:table-row><table:table-row table:number-rows-repeated="2"><table:table-cell office:value-type="string" table:number-rows-spanned="2"><text:p>a&amp;b</text:p><text:p>two</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="2024-03-01"/><table:covered-table-cell/><table:table-cell table:number-columns-repeated="2" office:value-type="float" office:value="12.5"><text:p>12.5</text:p></table:table-cell><table:table-cell office:value-type="boolean" office:boolean-value="true"/><table:table-cell office:value-type="time" office:time-value="PT10H"/></table:table-row><table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="1024"/></table:table-row></table:table><table:table table:name="B" table:style-name="h"><table:table-row><table:table-cell office:value-type="percentage" office:value="0.5"><office:annotation><text:p>note</text:p></office:annotation><text:p>50<text:s text:c="2"/>%</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>""")

    biff = lambda kind, body: struct.pack("<HH", kind, len(body)) + body
    bof = lambda kind: biff(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 0, 0, 0))
    text = lambda text: struct.pack("<HB", len(text), 0) + text.encode()
    head = bof(5) + biff(0x42, struct.pack("<H", 1200)) + biff(0x41E, struct.pack("<H", 164) + text("dd/mm/yy"))
    head += biff(0xE0, struct.pack("<HH", 0, 0) + bytes(16)) + biff(0xE0, struct.pack("<HH", 0, 164) + bytes(16))
    strings = biff(0xFC, struct.pack("<II", 2, 2) + text("Org") + text("Reached"))
    bound = lambda at: biff(0x85, struct.pack("<IBBBB", at, 0, 0, 1, 0) + b"A")
    at = len(head) + len(bound(0)) + len(strings) + 4
    cell = lambda row, column, style=0: struct.pack("<HHH", row, column, style)
    sheet = bof(0x10) + biff(0x200, struct.pack("<IIHHH", 0, 4, 0, 3, 0))
    sheet += biff(0xFD, cell(0, 0) + struct.pack("<I", 0)) + biff(0xFD, cell(0, 1) + struct.pack("<I", 1))
    sheet += biff(0x203, cell(1, 1, 1) + struct.pack("<d", 45352)) + biff(0x27E, cell(1, 2) + struct.pack("<I", 42))
    sheet += biff(0xBD, struct.pack("<HH", 2, 0) + struct.pack("<HIHI", 0, 6, 0, 10) + struct.pack("<H", 1))
    sheet += biff(0x205, cell(2, 2) + b"\1\0") + biff(0x204, cell(3, 0) + text("label"))
    sheet += biff(0x6, cell(3, 1) + struct.pack("<d", 7) + bytes(6) + b"\x03\0\x1e\x05\0") + biff(0xE5, struct.pack("<HHHHH", 1, 1, 2, 0, 0)) + biff(0xA, b"")
    write("xls", "records", head + bound(at) + strings + biff(0xA, b"") + sheet)


def shapefile():
    ring = [(0, 0), (0, 4), (4, 4), (4, 0), (0, 0)]
    hole = [(1, 1), (2, 1), (2, 2), (1, 2), (1, 1)]
    points = b"".join(struct.pack("<dd", *at) for at in ring + hole)
    polygon = struct.pack("<I4dII2I", 5, 0, 0, 4, 4, 2, 10, 0, 5) + points
    records = [polygon, struct.pack("<I", 0), struct.pack("<Idd", 1, 2, 3)]
    shp = struct.pack(">I20xI", 9994, 50) + struct.pack("<II8d", 1000, 5, 0, 0, 4, 4, 0, 0, 0, 0)
    for number, record in enumerate(records):
        shp += struct.pack(">II", number + 1, len(record) // 2) + record
    column = lambda name, kind, length: name.encode().ljust(11, b"\0") + kind + bytes(4) + bytes([length]) + bytes(15)
    head = column("PCODE", b"C", 4) + column("N", b"N", 3) + column("D", b"D", 8) + column("L", b"L", 1)
    dbf = struct.pack("<B3BIHH20x", 3, 120, 1, 1, 3, 32 + len(head) + 1, 17) + head + b"\r"
    dbf += b" XA01 1220240301T" + b" XA02***00000000?" + b" \xe3b  1.5x       F"
    prj = b'PROJCS["WGS_1984_UTM_Zone_36S",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",10000000.0],PARAMETER["Central_Meridian",33.0],PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
    parts = lambda *parts: b"\n".join(b"==== " + name + b"\n" + part for name, part in parts)
    write("shapefile", "with-attributes", parts((b"a.shp", shp), (b"a.dbf", dbf), (b"a.cpg", b"UTF-8")))
    write("shapefile", "projected", parts((b"a/adm.shp", shp), (b"a/adm.dbf", dbf), (b"a/adm.prj", prj)))
    write("shapefile", "shapes-alone", parts((b"a.shp", shp)))


def archives():
    kml = b"<kml><Document><Folder><name>f</name><Placemark><name>A</name><Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 1,0 1,1 0,0</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Folder></Document></kml>"
    write("archive", "tables", b"==== data/5w.csv\n" + ACTIVITIES.encode() + b'\n==== __MACOSX/x\nz\n==== b.json\n[{"a":1},{"a":2}]')
    write("archive", "kmz", b"==== doc.kml\n" + kml)
    write("archive", "mixed", b"==== adm.geojson\n" + LAYER.encode() + b"\n==== doc.kml\n" + kml + b"\n==== pop.tif\n" + tiff(tiled=False))


def tiff(tiled):
    """16 by 16 cells of 32 bits on the globe."""
    data = b"".join(struct.pack("<f", float(cell % 7)) for cell in range(256))
    tags = {256: (3, [16]), 257: (3, [16]), 258: (3, [32]), 259: (3, [1]), 262: (3, [1]), 277: (3, [1]), 339: (3, [3])}
    tags |= {33550: (12, [0.1, 0.1, 0.0]), 33922: (12, [0, 0, 0, 10.0, 20.0, 0]), 42113: (2, b"-1\0")}
    tags |= {34735: (3, [1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, 4326])}
    place = 324 if tiled else 273
    tags |= {322: (3, [16]), 323: (3, [16]), 324: (4, [0]), 325: (4, [1024])} if tiled else {273: (4, [0]), 278: (3, [16]), 279: (4, [1024])}
    values = {tag: value if kind == 2 else struct.pack("<%d%s" % (len(value), {3: "H", 4: "I", 12: "d"}[kind]), *value) for tag, (kind, value) in tags.items()}
    behind = 8 + 2 + 12 * len(tags) + 4
    begin = behind + sum(len(value) for value in values.values() if len(value) > 4)
    values[place] = struct.pack("<I", begin)
    out, body = struct.pack("<2sHIH", b"II", 42, 8, len(tags)), b""
    for tag in sorted(tags):
        kind, value = tags[tag][0], values[tag]
        out += struct.pack("<HHI", tag, kind, len(tags[tag][1]))
        if len(value) <= 4:
            out += value.ljust(4, b"\0")
        else:
            out += struct.pack("<I", behind + len(body))
            body += value
    return out + bytes(4) + body + data


def geotiff():
    write("geotiff", "strip", tiff(tiled=False))
    write("geotiff", "tile", tiff(tiled=True))


def geopackage():
    ring = [(0, 0), (4, 0), (4, 4), (0, 0)]
    wkb = struct.pack("<BIII", 1, 3, 1, len(ring)) + b"".join(struct.pack("<dd", *at) for at in ring)
    shape = b"GP\0\1" + struct.pack("<I", 4326) + wkb
    point = b"GP\0\1" + struct.pack("<I", 4326) + struct.pack("<BIdd", 1, 1, 3.5, 4.5)
    with tempfile.TemporaryDirectory() as folder:
        for name, size, long in [("small-pages", 512, 700), ("large-pages", 1024, 10)]:
            path = f"{folder}/{name}.gpkg"
            base = sqlite3.connect(path)
            base.execute(f"pragma page_size={size}")
            base.executescript('''
                create table gpkg_spatial_ref_sys (srs_name text, srs_id integer primary key, organization text, organization_coordsys_id integer, definition text);
                create table gpkg_contents (table_name text, data_type text, srs_id integer);
                create table gpkg_geometry_columns (table_name text, column_name text, geometry_type_name text, srs_id integer, z tinyint, m tinyint);
                create table adm (fid integer primary key autoincrement, geom blob, "adm 1" text(60), n real, ok boolean);
                create table list (id integer primary key, code text);
                insert into gpkg_spatial_ref_sys values ('UTM', 32736, 'EPSG', 32736, 'undefined');
                insert into gpkg_contents values ('adm', 'features', 4326), ('list', 'attributes', 0);
                insert into gpkg_geometry_columns values ('adm', 'geom', 'GEOMETRY', 4326, 0, 0), ('no_such_view', 'geom', 'POLYGON', 32736, 0, 0);
                insert into list values (1, 'a'), (2, null);
            ''')
            rows = [(shape, "x" * long, 1.5, 1), (point, "São", None, 0), (None, "", -3, None)]
            base.executemany('insert into adm (geom, "adm 1", n, ok) values (?, ?, ?, ?)', rows)
            base.commit()
            base.close()
            write("geopackage", name, pathlib.Path(path).read_bytes())


def flatgeobuf():
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "a.geojson"
        source.write_text(LAYER)
        for name, options in [("indexed", []), ("plain", ["-lco", "SPATIAL_INDEX=NO"])]:
            made = pathlib.Path(folder) / f"{name}.fgb"
            polygons = ["-where", "ADM2_PCODE is not null", "-nlt", "PROMOTE_TO_MULTI"]
            subprocess.run(["ogr2ogr", "-f", "FlatGeobuf", made, source, *polygons, *options], check=True)
            write("flatgeobuf", name, made.read_bytes())


for made in (texts, imports, spreadsheets, shapefile, archives, geotiff, geopackage, flatgeobuf):
    made()
