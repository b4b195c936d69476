"""The work of tests/bench/space.rs by GEOS: uncovered geometry, and points into areas.

    LACUNA_BENCH_OUT=DIR cargo bench --bench space
    python tests/bench/space_geos.py DIR        (needs shapely 2)
"""
import sys
import time

import numpy
import shapely


def shapes(name):
    with open(f"{sys.argv[1]}/{name}") as lines:
        rings = [numpy.array(line.split(), dtype=float).reshape(-1, 2) for line in lines]
    return numpy.array([shapely.Polygon(ring) for ring in rings])


def timed(what, work):
    began, used = time.perf_counter(), time.process_time()
    result = work()
    print(f"{what}: {time.perf_counter() - began:.2f} s, {time.process_time() - used:.2f} s of processor")
    return result


def uncovered(areas, circles):
    found = shapely.STRtree(circles).query(areas)
    order = numpy.argsort(found[0], kind="stable")
    begins = numpy.searchsorted(found[0][order], numpy.arange(len(areas) + 1))
    left = areas.copy()
    for number in range(len(areas)):
        near = found[1][order[begins[number]:begins[number + 1]]]
        if len(near):
            left[number] = shapely.difference(areas[number], shapely.union_all(circles[near]))
    return left


def inside(areas, points):
    found = shapely.STRtree(areas).query(points, predicate="intersects")
    place = numpy.full(len(points), len(areas))
    numpy.minimum.at(place, found[0], found[1])
    return numpy.where(place == len(areas), -1, place)


areas, circles = shapes("districts.txt"), shapes("circles.txt")
left = timed("coverage of 6,000 areas", lambda: uncovered(areas, circles))
ours = numpy.loadtxt(f"{sys.argv[1]}/uncovered.txt")[:, 0]
difference = numpy.abs(shapely.area(left) - ours) / shapely.area(areas)
print(f"uncovered differs by at most {difference.max():.1e} of an area")

wards = shapes("wards.txt")
points = shapely.points(numpy.loadtxt(f"{sys.argv[1]}/points.txt"))
places = timed("1,000,000 points into 50,000 areas", lambda: inside(wards, points))
print(f"points placed otherwise: {(places != numpy.loadtxt(f'{sys.argv[1]}/inside.txt')).sum()}")
timed("1,000,000 points into 6,000 areas", lambda: inside(areas, points))
