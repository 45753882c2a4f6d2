"""Write synthetic chest radiographs and their truth: python -m phantom OUT --count N."""

import argparse
from pathlib import Path

from tqdm import tqdm

from phantom.table import Batch, processors, table_write


def main() -> None:
    parser = argparse.ArgumentParser(description="Write synthetic chest radiographs with a table of their truth.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--difficulty", type=float, default=0.5, help="0 plain to 1 subtle")
    parser.add_argument("--prevalence", type=float, default=0.25, help="of every finding")
    parser.add_argument("--format", choices=("dicom", "png"), default="dicom")
    parser.add_argument("--lateral-share", type=float, default=0.0, help="share of lateral views")
    parser.add_argument("--jobs", type=int, default=processors())
    args = vars(parser.parse_args())
    out = args.pop("out")
    jobs = args.pop("jobs")
    batch = Batch(**args)
    for _ in tqdm(table_write(batch, out, jobs), total=batch.count, unit="film", desc="radiographs"):
        pass


if __name__ == "__main__":
    main()
