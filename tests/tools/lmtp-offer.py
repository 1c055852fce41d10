#!/usr/bin/env python3
"""Offers letters by LMTP until each was answered with 250, whatever happens.

    lmtp-offer.py PORT SENDER RECIPIENT ACKED PAUSE LETTER...

Appends the name of a letter to ACKED once the server has said 250 after its
dot. A server that is away, or answers 4xx, is tried again.
"""
import os
import smtplib
import sys
import time

port, sender, recipient, acked, pause = sys.argv[1:6]
end = time.monotonic() + 300
with open(acked, "a", buffering=1) as log:
    for name in sys.argv[6:]:
        letter = open(name, "rb").read()
        while True:
            if time.monotonic() > end:
                sys.exit("lmtp-offer: not taken in 300 s: " + name)
            try:
                with smtplib.LMTP("127.0.0.1", int(port), timeout=90) as s:
                    s.sendmail(sender, [recipient], letter)
                log.write(os.path.basename(name) + "\n")
                break
            except (OSError, smtplib.SMTPException):
                time.sleep(0.1)
        time.sleep(float(pause))
