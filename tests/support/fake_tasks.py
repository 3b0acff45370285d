"""The tasks endpoint of the contract server. It heeds Idempotency-Key: a key seen before with the
same body makes no second task.

    tasks     [{"id", "key", "body"}]
    status    of a task taken: 201, 202 or 204
    repeated  status for a key seen before: 201 (with the id of before) or 409
    heedless  whether it ignores the key, as such a server may"""

from contract import Answer


class FakeTasks:
    def __init__(self):
        self.tasks = []
        self.status = 201
        self.repeated = 201
        self.heedless = False

    def refuse_login(self, _operation):
        return Answer(401, {"error": {"message": "unknown key"}})

    def answer(self, _verdict, headers, body):
        key = headers["idempotency-key"]
        before = next((each for each in self.tasks if each["key"] == key), None)
        if before is None or self.heedless:
            task = {"id": f"task-{len(self.tasks) + 1}", "key": key, "body": body}
            self.tasks.append(task)
            return Answer(self.status, None if self.status == 204 else {"id": task["id"]})
        if before["body"] != body:
            return Answer(409, {"error": {"message": "another task has this key"}},
                          complaint=f"Idempotency-Key {key} sent with two bodies")
        if self.repeated == 409:
            return Answer(409, {"error": {"message": "there is this task already"}})
        return Answer(self.repeated, {"id": before["id"]})
