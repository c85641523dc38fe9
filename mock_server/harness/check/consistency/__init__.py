"""The stage `consistency`: what a token alone shows. Every answer about a record must agree with every other."""
