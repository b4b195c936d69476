"""What QGIS makes of the server: the project opens, every layer is valid, counts are equal.

    python3 tests/qgis_opens.py http://127.0.0.1:8080 demo

Prints one line for each layer; the exit status is 1 where anything is wrong.
"""

import json
import os
import sys
import tempfile
import urllib.request

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["no_proxy"] = os.environ["NO_PROXY"] = "*"

from qgis.core import (  # noqa: E402
    NULL,
    Qgis,
    QgsApplication,
    QgsProject,
    QgsRuleBasedRenderer,
    QgsVectorLayer,
    QgsWkbTypes,
)


def get(address):
    with urllib.request.urlopen(address) as answer:
        return answer.read()


def oapif(home, collection):
    return QgsVectorLayer(f"url='{home}' typename='{collection}'", collection, "OAPIF")


def main(server, operation):
    wrong = []

    def check(name, holds, words):
        print(("ok    " if holds else "WRONG ") + f"{name}: {words}")
        if not holds:
            wrong.append(name)

    folder = tempfile.mkdtemp()
    home = f"{server}/api/{operation}"

    # Another program's idea of how many features there are.
    def count(collection, query=""):
        page = get(f"{home}/collections/{collection}/items?limit=1&skipGeometry=true{query}")
        return json.loads(page)["numberMatched"]

    def shown(collection):
        page = json.loads(get(f"{home}/collections/{collection}/items?limit=10"))
        return any(feature["geometry"] for feature in page["features"])

    path = os.path.join(folder, f"{operation}.qgs")
    with open(path, "wb") as file:
        file.write(get(f"{server}/qgis/{operation}.qgs"))
    project = QgsProject.instance()
    check("project", project.read(path), project.error() or "opens")
    leaves = project.layerTreeRoot().findLayers()
    lost = [leaf.name() for leaf in leaves if leaf.layer() is None]
    check("tree", leaves and not lost, f"lost {lost}" if lost else f"{len(leaves)} layers")
    check("reference system", project.crs().isValid(), project.crs().authid())
    seen = set()
    collections = {}
    for layer in project.mapLayers().values():
        name = layer.name()
        if not layer.isValid():
            check(name, False, f"is not valid: {layer.source()} {layer.error().message()}")
            continue
        source = layer.source()
        if "typename='" in source:
            collection = source.split("typename='")[1].split("'")[0]
            query = ""
        else:
            collection = source.split("/collections/")[1].split("/")[0]
            query = "&" + source.split("?")[1] if "?" in source else ""
        seen.add(collection)
        collections[layer.id()] = collection
        found = sum(1 for _ in layer.getFeatures())
        expected = count(collection, query)
        kind = layer.renderer().type() if layer.renderer() else "none"
        check(name, found == expected, f"{found} features of {expected}, {len(layer.fields())} fields, {kind}")
        drawn = layer.wkbType() not in (0, 100)
        if drawn:
            check(name, isinstance(layer.renderer(), QgsRuleBasedRenderer), "is styled")
            rules = layer.renderer().rootRule().children()
            bad = [rule.filterExpression() for rule in rules if rule.filter() and rule.filter().hasParserError()]
            check(name, rules and not bad, f"{len(rules)} rules")
        check(name, bool(layer.metadata().abstract()), "is described")
    listed = json.loads(get(f"{home}/collections"))["collections"]

    # Typed, whether anything is there or not. QGIS reads the schema since 3.44; before, it takes types
    # from the first ten features, and the project gets around that.
    shapes = {None: (0, 100), "Point": (1,), "MultiPolygon": (6,)}
    declared = {one["id"]: shapes[one["geometry"]] for one in listed}
    layers = [layer for layer in project.mapLayers().values() if layer.id() in collections]
    by_project = [(layer.name(), layer, collections[layer.id()]) for layer in layers]
    by_address = [(f"OAPIF {one['id']}", oapif(home, one["id"]), one["id"]) for one in listed]
    for name, layer, collection in by_project + by_address:
        if name.startswith("OAPIF") and Qgis.QGIS_VERSION_INT < 34400 and not shown(collection):
            continue
        check(name, layer.wkbType() in declared[collection], QgsWkbTypes.displayString(layer.wkbType()))
        check(name, len(layer.fields()) > 2, f"{len(layer.fields())} fields")

    # Every field has the type of its schema: of a file by address also where a column is empty.
    kinds = {"string": "String", "integer": "Integer", "number": "Real", "boolean": "Boolean"}
    for name, layer, collection in by_project + by_address:
        said = json.loads(get(f"{home}/collections/{collection}/schema"))["properties"]
        features = [] if layer.providerType() == "ogr" else list(layer.getFeatures())
        bad = []
        for at, field in enumerate(layer.fields()):
            about = said.get(field.name(), {"type": "string"})
            kind = "Date" if about.get("format") == "date" else kinds[about["type"]]
            is_empty = layer.providerType() != "ogr" and all(one[at] in (None, NULL) for one in features)
            if not is_empty and not field.typeName().startswith(kind):
                bad.append(f"{field.name()} is {field.typeName()} and not {kind}")
        check(name, not bad, ", ".join(bad) or "typed as its schema says")
    missing = {one["id"] for one in listed} - seen
    check("collections", not missing, f"missing {missing}" if missing else "all there")

    # A package opens with its own style.
    package = os.path.join(folder, "gaps.gpkg")
    with open(package, "wb") as file:
        file.write(get(f"{home}/collections/gaps/export.gpkg?sector=WSH"))
    layer = QgsVectorLayer(f"{package}|layername=gaps", "gaps", "ogr")
    check("gpkg", layer.isValid() and layer.featureCount() == count("gaps", "&sector=WSH"), "opens")
    check("gpkg", isinstance(layer.renderer(), QgsRuleBasedRenderer), "is styled")
    flat = os.path.join(folder, "sites.fgb")
    with open(flat, "wb") as file:
        file.write(get(f"{home}/collections/sites/export.fgb"))
    layer = QgsVectorLayer(flat, "sites", "ogr")
    check("fgb", layer.isValid() and layer.featureCount() == count("sites"), "opens")
    style = os.path.join(folder, "sites.qml")
    with open(style, "wb") as file:
        file.write(get(f"{home}/collections/sites/styles/map.qml"))
    message, loaded = layer.loadNamedStyle(style)
    check("qml", loaded, message or "loads")
    return 1 if wrong else 0


if __name__ == "__main__":
    application = QgsApplication([], False)
    application.initQgis()
    status = main(*sys.argv[1:3])
    # Leaving by the usual way waits for threads of the library that may never end.
    sys.stdout.flush()
    os._exit(status)
