"""Monthly case statistics (办件统计月报, M-B19): figures of a window and a month, signed by the window, compiled and forwarded by the hall.

Decisions that a newcomer would question:

* A case belongs to the month of its decision for everything about its course (in time, early, joint, agency, green channel), and to the month of its
  acceptance for what was accepted (A-18). Its class at acceptance is the class it has when the figures are computed; another class given later shows
  as a difference.
* Working days used count a case decided on its first day as 1 (A-19); in time or not is what the decision said, where that day is 0.
* Limits are those the case took with it at its acceptance (§4.4), without what was granted later: a case is early when it is decided at least one working
  day before such a limit would have ended.
* Reports open on the 1st, are signed until the end of that day and compiled on the 5th. Where one of these days is a rest day the next working day takes
  its place: nobody is at the window to look at figures, and the days are no limits of the law. The city may say otherwise (`MonthlyRules.on_rest_days`).
* What a window signs is what it saw: figures that have changed since are shown again before they can be signed. What is compiled is the sum of what
  was signed; a window that did not sign is named, with the reason, and counts with the figures of the register, so that no case is lost.
* Nothing stored is ever overwritten by a later count: late corrections (a deemed acceptance dates back to the receipt) are shown beside it.
"""
