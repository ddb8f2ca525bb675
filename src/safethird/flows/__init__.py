"""What an agreement would do to the numbers: baselines from published series, scenarios, paired draws,
reports.

Only what a scenario file or a published table says goes in; everything that comes out is a range, and says
which part of it is data, which is law and which is assumed.
"""
