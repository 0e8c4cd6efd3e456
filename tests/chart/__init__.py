"""The chart in deploy/chart. What helm makes of it with the values in values/ is in rendered/, so that most tests need no helm.

  rendered_test   it is valid, belongs to the chart as it is, and says what it should
  schema_test     the schema of its values takes nothing that the program refuses
  run_test        the program runs with exactly the variables and arguments of the Deployments, on brokers
  helm_test       helm still makes the same of it, and refuses values that are wrong; helm is built for it

  python -m chart --write    takes over the alarms of docker/prometheus, and renders anew"""
