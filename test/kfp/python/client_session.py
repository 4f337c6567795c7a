"""Does with the real client what its users do, and prints what came of each step as one JSON object.

Arguments: address of the server, folder of compiled pipelines, a word that makes names unique.
"""
import json
import sys
import time
import warnings

warnings.simplefilter('ignore')

import kfp  # noqa: E402
from kfp_server_api.exceptions import ApiException  # noqa: E402

host, folder, word = sys.argv[1:4]
client = kfp.Client(host=host)
seen = {}


def status_of(call):
    """The HTTP status of a refused call; None for one that is let through."""
    try:
        call()
    except ApiException as error:
        return error.status
    return None


def names_filter(operation, value, key='display_name'):
    return json.dumps({'predicates': [{'operation': operation, 'key': key, 'stringValue': value}]})


def state_after(run_id, wanted):
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        state = client.get_run(run_id).state
        if state in wanted:
            return state
        time.sleep(0.1)
    return client.get_run(run_id).state


health = client.get_kfp_healthz()
seen['multi_user'] = health.multi_user

experiment = client.create_experiment(f'exp-{word}', description='by the client')
seen['same_experiment'] = client.create_experiment(f'exp-{word}').experiment_id == experiment.experiment_id
seen['experiment_by_name'] = client.get_experiment(experiment_name=f'exp-{word}').description

pipeline = client.upload_pipeline(f'{folder}/hello_world.yaml', pipeline_name=f'hello-{word}', description='says hello')
seen['pipeline_again'] = status_of(lambda: client.upload_pipeline(f'{folder}/hello_world.yaml', pipeline_name=f'hello-{word}'))
version = client.upload_pipeline_version(
    f'{folder}/hello_world.yaml', f'v2-{word}', pipeline_id=pipeline.pipeline_id, description='second')
versions = client.list_pipeline_versions(pipeline.pipeline_id)
seen['versions'] = sorted(one.display_name for one in versions.pipeline_versions)
seen['pipeline_id_by_name'] = client.get_pipeline_id(f'hello-{word}') == pipeline.pipeline_id
seen['pipeline_id_of_nothing'] = client.get_pipeline_id(f'nothing-{word}')
found = client.list_pipelines(filter=names_filter('IS_SUBSTRING', word))
seen['pipelines_found'] = [one.display_name for one in found.pipelines]
spec = client.get_pipeline_version(pipeline.pipeline_id, version.pipeline_version_id).pipeline_spec
seen['spec_name'] = spec['pipelineInfo']['name']

fails = client.upload_pipeline(f'{folder}/always_fails.yaml', pipeline_name=f'fails-{word}')
fails_version = client.list_pipeline_versions(fails.pipeline_id).pipeline_versions[0].pipeline_version_id


def run(name, pipeline_id, version_id, params):
    return client.run_pipeline(
        experiment.experiment_id, name, pipeline_id=pipeline_id, version_id=version_id, params=params)


hello = run('hello run', pipeline.pipeline_id, version.pipeline_version_id, {'text': 'you'})
seen['finished'] = client.wait_for_run_completion(hello.run_id, timeout=600, sleep_duration=1).state
details = client.get_run(hello.run_id).run_details.task_details
seen['tasks'] = sorted({one.display_name for one in details if one.display_name in ('greet', 'greet-driver', 'root')})
seen['unknown_parameter'] = status_of(
    lambda: run('bad', pipeline.pipeline_id, version.pipeline_version_id, {'nope': 'x'}))
seen['wrong_type'] = status_of(lambda: run('bad', pipeline.pipeline_id, version.pipeline_version_id, {'text': 5}))

failing = run('failing run', fails.pipeline_id, fails_version, {})
seen['failed'] = state_after(failing.run_id, ['FAILED'])
client._run_api.run_service_retry_run(failing.run_id)
seen['after_retry'] = client.get_run(failing.run_id).state

stopped = client.create_run_from_pipeline_package(
    f'{folder}/train_and_evaluate.yaml', arguments={'epochs': 2}, run_name='stopped run', experiment_id=experiment.experiment_id)
client.terminate_run(stopped.run_id)
seen['terminating'] = client.get_run(stopped.run_id).state
seen['terminated'] = state_after(stopped.run_id, ['FAILED'])
seen['terminate_again'] = status_of(lambda: client.terminate_run(stopped.run_id))

first = client.list_runs(experiment_id=experiment.experiment_id, page_size=2, sort_by='created_at desc')
second = client.list_runs(
    experiment_id=experiment.experiment_id, page_size=2, sort_by='created_at desc', page_token=first.next_page_token)
seen['pages'] = [len(first.runs), len(second.runs), second.next_page_token]
seen['all_names'] = sorted(one.display_name for one in first.runs + second.runs)
succeeded = client.list_runs(experiment_id=experiment.experiment_id, filter=names_filter('EQUALS', 'SUCCEEDED', 'state'))
seen['succeeded'] = sorted(one.display_name for one in succeeded.runs if one.display_name == 'hello run')
seen['unknown_run'] = status_of(lambda: client.get_run('nope'))

client.archive_run(hello.run_id)
seen['archived'] = client.get_run(hello.run_id).storage_state
client.unarchive_run(hello.run_id)
client.delete_run(hello.run_id)
seen['deleted_run'] = status_of(lambda: client.get_run(hello.run_id))

nightly = client.create_recurring_run(
    experiment.experiment_id, f'nightly-{word}', cron_expression='0 0 3 * * *', pipeline_id=pipeline.pipeline_id,
    version_id=version.pipeline_version_id, params={'text': 'cron'}, no_catchup=True)
seen['schedule'] = client.get_recurring_run(nightly.recurring_run_id).trigger.cron_schedule.cron
client.disable_recurring_run(nightly.recurring_run_id)
seen['disabled'] = client.get_recurring_run(nightly.recurring_run_id).status
client.enable_recurring_run(nightly.recurring_run_id)
schedules = client.list_recurring_runs(experiment_id=experiment.experiment_id).recurring_runs
seen['schedules'] = [[one.display_name, one.status] for one in schedules]
client.delete_recurring_run(nightly.recurring_run_id)
seen['deleted_schedule'] = status_of(lambda: client.get_recurring_run(nightly.recurring_run_id))

client.archive_experiment(experiment.experiment_id)
seen['archived_experiment'] = client.get_experiment(experiment_id=experiment.experiment_id).storage_state
client.delete_pipeline_version(pipeline.pipeline_id, version.pipeline_version_id)
seen['pipeline_with_versions'] = status_of(lambda: client.delete_pipeline(pipeline.pipeline_id))
client.delete_experiment(experiment.experiment_id)
seen['deleted_experiment'] = status_of(lambda: client.get_experiment(experiment_id=experiment.experiment_id))

print(json.dumps(seen))
