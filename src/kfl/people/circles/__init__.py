"""Circles: those who sit together in a body, a community or a group, from a day to a day.

A seat says who belongs; who sees the circle's rows is a question of reach, and is never read off the seats directly.
"""
