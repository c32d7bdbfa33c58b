"""Follows logs that are being written: `follow(path).poll()` reads only what was appended since the last poll.

`follower` finds the sources below a path and notices new ones by `tree`; `source` reads the files of one on: `appended`
hands over new bytes and notices another file in the old one's place, and a tail for each format (`events`, `tables`,
`lines`, `wandb`) takes them. Formats that are written anew each time are read anew when they change.
"""

from lossdoctor.importers.follow.follower import Follower, follow

__all__ = ["Follower", "follow"]
