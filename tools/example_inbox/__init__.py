"""The synthetic inbox of examples/: every person, dealer, serial and number in it is invented."""
