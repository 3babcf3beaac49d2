# SPDX-License-Identifier: Apache-2.0
"""gunicorn -c gunicorn_gevent.py: greenlets, and the project loaded once before the workers fork.
Django asks to be imported after gevent's patching, which gunicorn does in the workers: too late then."""

from gevent import monkey

monkey.patch_all()
worker_class = "gevent"
preload_app = True
