"""RapidOCR in a process of its own: reads image paths from stdin, one a line, and answers each with a JSON line.

`--once FILE` reads one image, prints its text and ends.
"""

import argparse
import json
import sys
import time


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--no-cls", action="store_true", help="without the classifier of upside-down lines")
    arguments.add_argument("--threads", type=int, default=-1, help="onnxruntime's threads (-1: its default)")
    arguments.add_argument("--once")
    options = arguments.parse_args()

    from rapidocr import RapidOCR
    from rapidocr.utils.process_img import ResizeImgError

    settings = {"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": options.threads}
    if options.no_cls:
        settings["Global.use_cls"] = False
    engine = RapidOCR(params=settings)

    def read(path):
        return "\n".join(engine(path).txts or ())

    if options.once:
        print(read(options.once))
        return
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        before = time.process_time()
        text, failure = "", None
        try:
            text = read(line.rstrip("\n"))
        except ResizeImgError as error:
            # Its answer to very long images.
            failure = repr(error.__cause__ or error)
        print(json.dumps({"text": text, "failure": failure, "cpu": time.process_time() - before}), flush=True)


main()
