"""Kills a sync at one failpoint after another and counts on the CRM's side. Run as a program, prints JSON.

python crash_harness.py FOLDER --posts 2000 --kills 300 [--seed 1]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from world import SETTINGS, World, chatter

from socialcrm import failpoints

KILLED = 137
CRASHED = 99


# Looks at a hundred posts again in each run, the longest unseen first, so that a run is over soon.
BRIEF = SETTINGS.model_copy(update={"recheck_limit": 100})
# Every commit of the store, every commit of the CRM, and the moment between the CRM's answer and our mark.
POINTS = ("store.before_commit", "store.after_commit", "crm.before_commit", "crm.after_commit", "sync.delivered")


def run_child(world: World, passage: int, point: str = "*") -> int:
    """Sync in a child that dies at the n-th passage of a point; 0 when it got through."""
    pid = os.fork()
    if pid == 0:
        code = CRASHED
        try:
            if passage:
                failpoints.arm(point, passage)
            sync = world.sync(settings=BRIEF if passage else SETTINGS)
            code = sync.run().exit_code
            failpoints.disarm()
            sync.close()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def progressive(folder: Path, *, posts: int, kills: int, seed: int) -> dict[str, object]:
    """One history, killed again and again while people edit, delete and go on talking."""
    chance = random.Random(seed)
    world = World(folder, accounts=60)
    world.install()
    chatter(world, posts // 2)
    killed = finished = 0
    at = dict.fromkeys(POINTS, 0)
    while killed < kills:
        point = POINTS[killed % len(POINTS)]
        code = run_child(world, chance.randint(1, 50 if point.startswith("store") else 2), point)
        if code == KILLED:
            killed += 1
            at[point] += 1
        elif code == 0:
            finished += 1
        else:
            raise SystemExit(f"a run ended with {code} after {killed} kills")
        if killed % 4 == 0 or code == 0:
            stir(world, chance, posts)
    while len(world.platform.order) < posts:
        stir(world, chance, posts)
    assert run_child(world, 0) == 0
    return {"kills": killed, "at": at, "finished": finished, **count(world)}


def stir(world: World, chance: random.Random, posts: int) -> None:
    """Something happens on the platform."""
    platform = world.platform
    alive = [one for one in platform.order if one not in platform.gone]
    platform.edit(chance.choice(alive), f"edited {chance.random()}")
    platform.delete(chance.choice(alive))
    room = posts - len(platform.order)
    if room > 0:
        chatter(world, min(20, room), start=len(platform.order), choose=lambda _: chance.randrange(1000))


def exhaustive(folder: Path) -> dict[str, int]:
    """A short history, killed once at every single passage, each time from the start."""
    lost = doubled = points = 0
    for passage in range(1, 10_000):
        place = folder / str(passage)
        place.mkdir()
        world = World(place, accounts=9)
        world.install()
        chatter(world, 45)
        code = run_child(world, passage)
        if code == 0:
            break
        points += 1
        assert run_child(world, 0) == 0
        found = count(world)
        lost, doubled = lost + found["lost"], doubled + found["doubled"]
    return {"points": points, "lost": lost, "doubled": doubled}


def count(world: World) -> dict[str, int]:
    """Lost: due but not on the timeline, or with another text. Doubled: on a timeline but not due."""
    unsure = world.unsure()
    expected = {key: value for key, value in world.expected().items() if key not in unsure}
    actual = {key: value for key, value in world.actual().items() if key not in unsure}
    return {
        "due": len(expected),
        "lost": sum(actual.get(key) != value for key, value in expected.items()),
        "doubled": sum(key not in expected for key in actual),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--posts", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--exhaustive", action="store_true")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.exhaustive:
        result: dict[str, object] = dict(exhaustive(options.folder))
    else:
        result = progressive(options.folder, posts=options.posts, kills=options.kills, seed=options.seed)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
